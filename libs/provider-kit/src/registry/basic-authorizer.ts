import type { AuthorizationHeaders, Authorizer, Refusal } from './authorizer';
import { basicAuthorization } from '../credentials/authorization';
import type { Credentials } from '../credentials/credentials';

/** Sends user and password with every request, for registries that always accept them. Anonymous without them. */
export class BasicAuthorizer implements Authorizer {
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  async authorize(_scopes: readonly string[], signal: AbortSignal): Promise<AuthorizationHeaders> {
    const credential = await this.#credentials.get(signal);
    if (credential?.kind !== 'basic') return {};
    return { authorization: basicAuthorization(credential.username, credential.password) };
  }

  async refused({ response, sent, scopes }: Refusal, signal: AbortSignal): Promise<AuthorizationHeaders | null> {
    if (response.status !== 401) return null;
    this.#credentials.forget();
    const instead = await this.authorize(scopes, signal);
    return instead['authorization'] === sent['authorization'] ? null : instead;
  }
}
