/** In characters of JSON: log collectors cut or refuse longer lines. */
const LONGEST = 64_000;
const LONGEST_TEXT = 8_000;
const LONGEST_TEXT_IN_LIST = 500;
const LONGEST_LIST = 20;

/**
 * A parked operation's request for the log. One that is too long for a log line has its longest texts and lists cut,
 * with a note of how much is missing. The ledger keeps the whole request.
 */
export function loggable(request: object): unknown {
  return JSON.stringify(request).length <= LONGEST ? request : cut(request, LONGEST_TEXT);
}

function cut(value: unknown, longestText: number): unknown {
  if (typeof value === 'string') return cutText(value, longestText);
  if (Array.isArray(value)) return cutList(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, cut(child, longestText)]));
}

function cutText(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest).toWellFormed()}… (${text.length - longest} more characters)`;
}

function cutList(list: readonly unknown[]): unknown[] {
  const kept = list.slice(0, LONGEST_LIST).map((item) => cut(item, LONGEST_TEXT_IN_LIST));
  return list.length <= LONGEST_LIST ? kept : [...kept, `… (${list.length - LONGEST_LIST} more items)`];
}
