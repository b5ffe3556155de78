import {
  type EgressResponse,
  hasCode,
  type IntegrationConfig,
  keptFact,
  type ProviderDeps,
  ProviderError,
  retryAfterMs,
  type Secret,
  shortHash,
} from '@integrations/provider-kit';
import { organizationOf } from './addresses';
import type { AzureDevOpsConfig } from './config';
import { mintToken, type ServicePrincipal, tokenKey } from './entra';
import { unreadable } from './errors';
import { type ApiAnswer, answerOf, type ApiRequest, send, urlOf } from './transport';

/** The user id that Azure DevOps reports for anonymous callers. */
export const ANONYMOUS = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';

/** The fields we use of the answer that identifies the caller. */
export interface ConnectionData {
  readonly authenticatedUser: {
    readonly id: string;
    readonly providerDisplayName?: string;
    readonly properties?: { readonly Account?: { readonly $value?: unknown } };
  };
  readonly deploymentType?: string;
}

/** The only way to Azure DevOps: base URL, authentication, error mapping. Throws ProviderError. */
export class AzureDevOpsClient {
  /** The URL of the organization or collection. */
  readonly organization: string;
  readonly config: AzureDevOpsConfig;
  readonly #deps: ProviderDeps;
  /** Resolved once per operation. */
  #secret: Secret | undefined;

  constructor({ endpoint, config }: IntegrationConfig<AzureDevOpsConfig>, deps: ProviderDeps) {
    this.organization = organizationOf(endpoint);
    this.config = config;
    this.#deps = deps;
  }

  /** Makes a call. If the credential is refused, retries once with a changed secret or a new token of Entra ID. */
  async call(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const secret = await this.#revealSecret(signal);
    let authorization: string | undefined;
    try {
      authorization = await this.#authorization(signal);
      return await this.#exchange(request, authorization, signal);
    } catch (error) {
      if (!hasCode(error, 'unauthenticated')) throw error;
      await this.#forget(signal);
      const isRenewed = (await this.#revealSecret(signal)) !== secret;
      // An unchanged secret gets a second try only if a token was minted with it: tokens may be revoked before they
      // expire.
      if (!isRenewed && (!this.#principal || authorization === undefined)) throw error;
      return this.#exchange(request, await this.#authorization(signal), signal);
    }
  }

  urlOf(request: ApiRequest): string {
    return urlOf(this.organization, request, this.config.apiVersion);
  }

  async connectionData(signal: AbortSignal): Promise<ApiAnswer & { readonly data: ConnectionData }> {
    const { data, headers } = await this.call({ method: 'GET', path: '/_apis/connectionData' }, signal);
    const { authenticatedUser } = data as Partial<ConnectionData>;
    if (typeof authenticatedUser?.id !== 'string') throw unreadable('the request for our account');
    return { data: data as ConnectionData, headers };
  }

  /** The id of the credential's account, which is the author of everything we write. */
  async ownId(signal: AbortSignal): Promise<string> {
    const key = [this.organization, 'azure_devops', await this.#fingerprint(signal), 'account'];
    const lookUp = async (lookupSignal: AbortSignal) => {
      const { id } = (await this.connectionData(lookupSignal)).data.authenticatedUser;
      if (id === ANONYMOUS)
        throw new ProviderError('unauthenticated', 'Azure DevOps treats the credential as anonymous');
      return id;
    };
    return keptFact(this.#deps, key, lookUp, signal);
  }

  async #exchange(request: ApiRequest, authorization: string, signal: AbortSignal): Promise<ApiAnswer> {
    const response = await send(this.#deps.egress, this.urlOf(request), request, authorization, signal);
    this.#pause(response);
    return answerOf(response, request, this.#deps.clock.now());
  }

  /** Azure DevOps slows callers down before it refuses them. Its successful answers then say how long to pause. */
  // https://learn.microsoft.com/azure/devops/integrate/concepts/rate-limits
  #pause({ status, headers }: EgressResponse): void {
    const { gate, clock } = this.#deps;
    const isAsked = headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0';
    if (!isAsked || status > 299) return;
    const wait = retryAfterMs(headers, clock.now());
    if (wait !== undefined) gate?.hold(wait);
  }

  async #authorization(signal: AbortSignal): Promise<string> {
    const { egress, tokens, clock } = this.#deps;
    const secret = await this.#revealSecret(signal);
    const principal = this.#principal;
    if (!principal) return `Basic ${Buffer.from(`:${secret}`).toString('base64')}`;
    const mint = (minting: AbortSignal) => mintToken(egress, principal, secret, () => clock.now(), minting);
    return `Bearer ${(await tokens.get(tokenKey(principal, shortHash(secret)), mint, signal)).token}`;
  }

  async #forget(signal: AbortSignal): Promise<void> {
    const { credential, tokens } = this.#deps;
    if (this.#principal) tokens.forget(tokenKey(this.#principal, await this.#fingerprint(signal)));
    credential.forget();
    this.#secret = undefined;
  }

  get #principal(): ServicePrincipal | null {
    const { credentialKind, entraTenantId: tenantId, clientId } = this.config;
    if (credentialKind !== 'service_principal') return null;
    return { tenantId: tenantId!, clientId: clientId! };
  }

  async #fingerprint(signal: AbortSignal): Promise<string> {
    return shortHash(await this.#revealSecret(signal));
  }

  async #revealSecret(signal: AbortSignal): Promise<string> {
    this.#secret ??= await this.#deps.credential.resolve(signal);
    return this.#secret.reveal();
  }
}
