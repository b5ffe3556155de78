import {
  type AuthorizationHeaders,
  type Authorizer,
  BasicAuthorizer,
  type Credentials,
  type ProviderDeps,
  ProviderError,
  type Refusal,
} from '@integrations/provider-kit';

/**
 * Basic authentication for all. Harbor's token server answers a wrong password with a token for nobody, and where Harbor has
 * seen any `Authorization` it asks for basic.
 */
export class HarborAuthorizer implements Authorizer {
  readonly #basic: BasicAuthorizer;
  readonly #endpoint: string;
  readonly #deps: Pick<ProviderDeps, 'egress'>;

  constructor(endpoint: string, credentials: Credentials, deps: Pick<ProviderDeps, 'egress'>) {
    this.#basic = new BasicAuthorizer(credentials);
    this.#endpoint = endpoint;
    this.#deps = deps;
  }

  authorize(scopes: readonly string[], signal: AbortSignal): Promise<AuthorizationHeaders> {
    return this.#basic.authorize(scopes, signal);
  }

  async refused(refusal: Refusal, signal: AbortSignal): Promise<AuthorizationHeaders | null> {
    const { response, sent, scopes } = refusal;
    const isOfRepository = response.status === 401 && scopes.length > 0;
    if (isOfRepository && (await this.#isKnown(sent, signal))) throw notAllowed(refusal);
    return this.#basic.refused(refusal, signal);
  }

  /** Of a repository, Harbor says 401 for whatever is not allowed; at the door, of a credential that is no good alone. */
  async #isKnown(headers: AuthorizationHeaders, signal: AbortSignal): Promise<boolean> {
    const { status } = await this.#deps.egress.request({
      method: 'GET',
      url: `${this.#endpoint}/v2/`,
      headers,
      signal,
    });
    return status === 200;
  }
}

function notAllowed({ response, scopes }: Refusal): ProviderError {
  const what = scopes.join(', ');
  // https://github.com/goharbor/harbor/blob/main/src/server/middleware/v2auth/auth.go: of no project, an empty challenge.
  if (!response.headers['www-authenticate']) {
    return new ProviderError('not_found_or_no_access', `Harbor has no such project: ${what}`);
  }
  return new ProviderError('permission_missing', `Harbor does not allow ${what}`);
}
