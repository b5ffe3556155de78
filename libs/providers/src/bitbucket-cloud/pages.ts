import { unreadable } from './errors';

/** What to ask for the page after one; null after the last. Its address is ours to say: only the query is taken over. */
export function nextQuery(next: unknown, what: string): Readonly<Record<string, string>> | null {
  if (next === undefined || next === null) return null;
  const url = typeof next === 'string' ? URL.parse(next) : null;
  if (!url) throw unreadable(what);
  return Object.fromEntries(url.searchParams);
}
