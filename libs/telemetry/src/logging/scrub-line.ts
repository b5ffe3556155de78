import type { Scrubber } from './scrubber';

/**
 * Removes the values that `scrubber` knows from a JSON log line, which stays valid JSON. Nearly every line is clean and
 * passes unchanged. Otherwise the line is parsed and each string scrubbed, because a cut across an escape such as `\n` would
 * break the JSON. A line that cannot be cleaned this way is withheld.
 */
export function scrubLine(scrubber: Scrubber, line: string): string {
  if (scrubber.scrub(line) === line) return line;
  const clean = rebuilt(scrubber, line);
  return clean !== null && scrubber.scrub(clean) === clean ? clean : withheld();
}

function rebuilt(scrubber: Scrubber, line: string): string | null {
  try {
    return `${JSON.stringify(scrubbed(scrubber, JSON.parse(line)))}\n`;
  } catch {
    return null;
  }
}

function scrubbed(scrubber: Scrubber, value: unknown): unknown {
  if (typeof value === 'string') return scrubber.scrub(value);
  if (typeof value === 'number') return scrubbedNumber(scrubber, value);
  if (Array.isArray(value)) return value.map((item) => scrubbed(scrubber, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [scrubber.scrub(key), scrubbed(scrubber, child)]),
  );
}

function scrubbedNumber(scrubber: Scrubber, value: number): number | string {
  const clean = scrubber.scrub(String(value));
  return clean === String(value) ? value : clean;
}

function withheld(): string {
  const line = { level: 'error', time: new Date().toISOString(), msg: 'log line withheld: it contained a secret' };
  return `${JSON.stringify(line)}\n`;
}
