import { ProviderError } from '../provider-error';

const LINK = /<([^<>]*)>((?:;[^,;"<>]*(?:"[^"]*"[ \t]*)?)*)/g;
const NEXT = /;\s*rel\s*=\s*"?\s*next\b/i;
const MAX_LENGTH = 8_192;

/**
 * The query of the next page, null on the last. Only the query of a `Link` is heeded: its path is the one that was asked for,
 * but Nexus, Artifactory and reverse proxies write one of their own, and some write another scheme. What stands in the query
 * is the registry's own business and is not touched, except that of a `last` that stands twice the first is left out.
 * Throws `egress_blocked` for a link to another host, `provider_unavailable` for one that cannot be followed.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export function nextQuery(header: string | undefined, asked: URL, product: string): string | null {
  const links = [...(header ?? '').slice(0, MAX_LENGTH).matchAll(LINK)];
  const target = links.find(([, , params = '']) => NEXT.test(params))?.[1];
  if (target === undefined) return null;
  const url = URL.parse(target, asked.href);
  if (!url) throw broken(product, 'to what is no URL');
  if (url.hostname !== asked.hostname || url.username !== '' || url.password !== '') {
    const message = `${product} leads on to ${url.host}: pages are read from ${asked.host} only`;
    throw new ProviderError('egress_blocked', message, { stage: 'egress_policy' });
  }
  const query = withOneLast(url.search.slice(1));
  if (query === '' || query === asked.search.slice(1)) throw broken(product, 'to the same page again');
  return query;
}

/** Artifactory appends its own. */
function withOneLast(query: string): string {
  const parts = query.split('&');
  const last = parts.findLast((part) => part.startsWith('last='));
  return parts.filter((part) => !part.startsWith('last=') || part === last).join('&');
}

function broken(product: string, where: string): ProviderError {
  return new ProviderError('provider_unavailable', `${product} leads on ${where}`, { transient: false });
}
