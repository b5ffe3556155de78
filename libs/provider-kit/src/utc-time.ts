/** A vendor's time, in a text or milliseconds since the epoch, as ISO-8601 UTC; null where it tells none. */
export function utcTime(time: string | number | null | undefined): string | null {
  const at = new Date(time ?? '');
  // Before the epoch is how some write that there is none: 0001-01-01.
  return at.getTime() > 0 ? at.toISOString() : null;
}
