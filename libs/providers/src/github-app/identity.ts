/** GitHub's mark of the app through which something was written. */
export interface WrittenBy {
  readonly id?: number;
  readonly client_id?: string;
}

/** `appId`: the number or the client id, whichever was configured. */
export function isOwnApp(app: WrittenBy | null | undefined, appId: string): boolean {
  return app !== null && app !== undefined && (String(app.id) === appId || app.client_id === appId);
}
