/** The app through which something was written, as GitHub reports it. */
export interface WrittenBy {
  readonly id?: number;
  readonly client_id?: string;
}

/** `appId`: the app's number or client id, as configured. */
export function isOwnApp(app: WrittenBy | null | undefined, appId: string): boolean {
  return app !== null && app !== undefined && (String(app.id) === appId || app.client_id === appId);
}
