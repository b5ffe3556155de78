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
 * Uses basic authentication for all requests. Harbor's token server answers a wrong password with an anonymous token,
 * and Harbor asks for basic authentication as soon as a request carries any `Authorization`.
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

  /**
   * True if the credential itself is valid. For a repository, Harbor answers 401 for everything that is not allowed; at
   * `/v2/`, only for an invalid credential.
   */
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
  // The challenge is empty if there is no such project.
  // https://github.com/goharbor/harbor/blob/main/src/server/middleware/v2auth/auth.go
  if (!response.headers['www-authenticate']) {
    return new ProviderError('not_found_or_no_access', `Harbor has no such project: ${what}`);
  }
  return new ProviderError('permission_missing', `Harbor does not allow ${what}`);
}
