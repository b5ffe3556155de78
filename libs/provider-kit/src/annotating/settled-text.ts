import { withoutMarker } from '../marked-body';

/** Shows readers why a thread is closed, and lets us recognise that we closed it. */
const SETTLED = '_No longer reported._';

/** The text, without marker, of a remark that is no longer reported. For vendors that hide who closed a thread. */
export function settledText(body: string): string {
  return `${SETTLED}\n\n${withoutMarker(body)}`;
}

export function isSettledText(body: string): boolean {
  return body.startsWith(SETTLED);
}
