import type { DiscoveryKind, DiscoveryPage } from '@integrations/contracts';

/** Selects a page of a list. */
export interface PageQuery {
  /** Maximum number of items. A page may hold fewer, even none, and still have a `nextCursor`. */
  readonly limit: number;
  /** A `nextCursor` from the same method; null for the first page. Anything else throws `invalid_request`. */
  readonly cursor: string | null;
}

/** Selects a page of a searchable list. */
export interface DiscoveryQuery extends PageQuery {
  /** A part of the name, in lower case; null lists everything. */
  readonly q: string | null;
}

/**
 * The lists that a session offers, one method per kind. An absent method means that the kind is unsupported. Each
 * method lists what the credential can reach, page by page, every item once, and throws ProviderError.
 */
export type Discovery = {
  readonly [K in DiscoveryKind]?: (query: DiscoveryQuery, signal: AbortSignal) => Promise<DiscoveryPage>;
};
