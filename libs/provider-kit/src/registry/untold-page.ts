import type { UpstreamPage } from '../paging';

/**
 * A page of names that came without a `Link`, by the query that it was asked with. The spec lets a registry leave the link out
 * where there are more, as long as the page is full: then what follows its last name is asked for.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export function untoldPage(query: string, names: readonly string[]): UpstreamPage<string> {
  const asked = new URLSearchParams(query);
  const [n, before, last] = [asked.get('n'), asked.get('last'), names.at(-1)];
  // It heeds no `last`, and began anew.
  if (before !== null && names.includes(before)) return { items: [], next: null };
  if (last === undefined || String(names.length) !== n) return { items: names, next: null };
  return { items: names, next: String(new URLSearchParams({ n, last })) };
}
