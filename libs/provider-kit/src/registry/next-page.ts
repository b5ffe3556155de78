import { ProviderError } from '../provider-error';

const LINK = /<([^<>]*)>((?:;[^,;"<>]*(?:"[^"]*"[ \t]*)?)*)/g;
const NEXT = /;\s*rel\s*=\s*"?\s*next\b/i;
const MAX_LENGTH = 8_192;

/**
 * The query of the next page; null on the last page. Uses only the query of a `Link` header. The next page has the same
 * path, but Nexus, Artifactory and reverse proxies write another path, and some another scheme. The query is passed on
 * unchanged, except that only the last of several `last` parameters is kept. Throws `egress_blocked` for a link to
 * another host, and `provider_unavailable` for a link that cannot be followed.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export function nextQuery(header: string | undefined, asked: URL, product: string): string | null {
  const links = [...(header ?? '').slice(0, MAX_LENGTH).matchAll(LINK)];
  const target = links.find(([, , params = '']) => NEXT.test(params))?.[1];
  if (target === undefined) return null;
  const url = URL.parse(target, asked.href);
  if (!url) throw broken(product, 'is not a valid URL');
  if (url.hostname !== asked.hostname || url.username !== '' || url.password !== '') {
    const message = `${product} has its next page at ${url.host}: pages are read from ${asked.host} only`;
    throw new ProviderError('egress_blocked', message, { stage: 'egress_policy' });
  }
  const query = withoutRepeatedLast(url.search.slice(1));
  if (query === '' || query === asked.search.slice(1)) throw broken(product, 'leads to the same page again');
  return query;
}

/** Artifactory appends a second `last` to the one that was asked for. */
function withoutRepeatedLast(query: string): string {
  const parts = query.split('&');
  const last = parts.findLast((part) => part.startsWith('last='));
  return parts.filter((part) => !part.startsWith('last=') || part === last).join('&');
}

function broken(product: string, why: string): ProviderError {
  return new ProviderError('provider_unavailable', `${product}'s link to the next page ${why}`, { transient: false });
}
