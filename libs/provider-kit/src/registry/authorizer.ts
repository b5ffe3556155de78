import type { EgressResponse } from '../egress/egress';

/** The `Authorization` header of a request; empty for an anonymous request. */
export type AuthorizationHeaders = Readonly<Record<string, string>>;

/** A request that a registry refused with 401 or 403. */
export interface Refusal {
  readonly response: EgressResponse;
  /** The authorization with which the request was sent. */
  readonly sent: AuthorizationHeaders;
  readonly scopes: readonly string[];
}

/**
 * Authenticates requests to a registry. `scopes` are the access that a request needs, such as
 * `repository:team/app:pull`; empty for requests to the registry itself. Both methods throw ProviderError.
 */
export interface Authorizer {
  authorize(scopes: readonly string[], signal: AbortSignal): Promise<AuthorizationHeaders>;
  /** Drops what was refused and returns another authorization to try, or null. Called at most twice per request. */
  refused(refusal: Refusal, signal: AbortSignal): Promise<AuthorizationHeaders | null>;
}
