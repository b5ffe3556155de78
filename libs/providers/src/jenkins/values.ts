/** A page for people; null of what is none. */
export function webUrl(value: unknown): string | null {
  return typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value) ? value : null;
}

/** Milliseconds since the epoch as ISO-8601; null of what is no time. */
export function timeOf(value: unknown): string | null {
  if (typeof value !== 'number' || value <= 0) return null;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
