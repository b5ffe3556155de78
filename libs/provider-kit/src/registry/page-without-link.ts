import type { UpstreamPage } from '../paging';

/**
 * A page of names that came without a `Link`; `query` is the page's own query. The spec lets a registry omit the link
 * although there are more names, provided that the page is full. The next page then begins after the last name of a
 * full page.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export function pageWithoutLink(query: string, names: readonly string[]): UpstreamPage<string> {
  const asked = new URLSearchParams(query);
  const [n, before, last] = [asked.get('n'), asked.get('last'), names.at(-1)];
  // The registry ignores `last` and has sent the first page again.
  if (before !== null && names.includes(before)) return { items: [], next: null };
  if (last === undefined || String(names.length) !== n) return { items: names, next: null };
  return { items: names, next: String(new URLSearchParams({ n, last })) };
}
