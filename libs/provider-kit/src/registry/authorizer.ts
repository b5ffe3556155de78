import type { EgressResponse } from '../egress/egress';

/** The `Authorization` header of a request, or nothing. */
export type AuthorizationHeaders = Readonly<Record<string, string>>;

/** A request that a registry refused with 401 or 403. */
export interface Refusal {
  readonly response: EgressResponse;
  /** What had been sent to prove who asks. */
  readonly sent: AuthorizationHeaders;
  readonly scopes: readonly string[];
}

/**
 * How a registry is told who asks. `scopes` name what a request needs, as `repository:team/app:pull`; there are none for the
 * registry itself. Both throw ProviderError.
 */
export interface Authorizer {
  authorize(scopes: readonly string[], signal: AbortSignal): Promise<AuthorizationHeaders>;
  /** What to try instead, after forgetting what was no good; null where nothing else can be tried. Asked twice at most. */
  refused(refusal: Refusal, signal: AbortSignal): Promise<AuthorizationHeaders | null>;
}
