import type { DiscoveryKind, DiscoveryPage } from '@integrations/contracts';

/** Which page of a list. */
export interface PageQuery {
  /** At most so many items. Fewer are fine, and so are none, while `nextCursor` leads on. */
  readonly limit: number;
  /** A `nextCursor` that the same method gave, null for the first page. Anything else is refused: `invalid_request`. */
  readonly cursor: string | null;
}

/** Which page of a list that can be searched. */
export interface DiscoveryQuery extends PageQuery {
  /** A part of the name, in lower case; null for all. */
  readonly q: string | null;
}

/**
 * What can be looked up through a session, a method for each kind; one that is absent is unsupported. Each lists what the
 * credential reaches, page by page, every item once, and throws ProviderError.
 */
export type Discovery = {
  readonly [K in DiscoveryKind]?: (query: DiscoveryQuery, signal: AbortSignal) => Promise<DiscoveryPage>;
};
