import { withoutMarker } from '../marked-body';

/** Tells those who look at it why a thread is closed, and us that we closed it. */
const SETTLED = '_No longer reported._';

/** What a remark says, its marker not in it, that is no longer made: for vendors that do not tell who closed a thread. */
export function settledText(body: string): string {
  return `${SETTLED}\n\n${withoutMarker(body)}`;
}

export function isSettledText(body: string): boolean {
  return body.startsWith(SETTLED);
}
