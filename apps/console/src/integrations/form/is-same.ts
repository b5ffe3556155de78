/** Of JSON, whose keys stand in the order in which they were written. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
