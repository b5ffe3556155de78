/** A vendor's time, as text or in milliseconds since the epoch, as ISO 8601 in UTC; null if it is not a time. */
export function utcTime(time: string | number | null | undefined): string | null {
  const at = new Date(time ?? '');
  // Some vendors write "none" as a time before the epoch: 0001-01-01.
  return at.getTime() > 0 ? at.toISOString() : null;
}
