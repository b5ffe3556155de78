const PATTERN = /^([1-9]\d{0,5})(m|h|d)$/;
const SECONDS = { m: 60, h: 3_600, d: 86_400 };
/** Transitions are kept for this long. */
const MAX_SECONDS = 400 * SECONDS.d;

/** The seconds of a window such as `15m`, `24h` or `30d`; null if the text is no window or exceeds 400 days. */
export function parseWindow(text: string): number | null {
  const [, count, unit] = PATTERN.exec(text) ?? [];
  if (count === undefined) return null;
  const seconds = Number(count) * SECONDS[unit as keyof typeof SECONDS];
  return seconds <= MAX_SECONDS ? seconds : null;
}
