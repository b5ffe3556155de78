import { createHash } from 'node:crypto';
import { MARKER_PREFIX } from '@integrations/provider-kit';

const MARKER = new RegExp(`${MARKER_PREFIX}([0-9a-f]+) -->\\s*$`);

/** A name of ours in few characters, the same for the same parts. */
export function shortHash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** The hidden last line by which a comment of ours is found again. */
export function markerLine(id: string): string {
  return `${MARKER_PREFIX}${id} -->`;
}

/** What the last line of a comment names, if it is a marker. Elsewhere in the text a marker means nothing. */
export function markerOf(body: string): string | null {
  return MARKER.exec(body)?.[1] ?? null;
}

/** GitHub's mark of the app through which something was written. */
export interface WrittenBy {
  readonly id?: number;
  readonly client_id?: string;
}

/** `appId`: the number or the client id, whichever was configured. */
export function isOwnApp(app: WrittenBy | null | undefined, appId: string): boolean {
  return app !== null && app !== undefined && (String(app.id) === appId || app.client_id === appId);
}
