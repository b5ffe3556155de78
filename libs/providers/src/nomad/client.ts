import {
  type ApiAnswer,
  askApi,
  type EgressResponse,
  type IntegrationConfig,
  type JsonApi,
  type ProviderDeps,
  ProviderError,
  refusalOf,
} from '@integrations/provider-kit';
import type { NomadConfig } from './config';

/** Every namespace that the token may read. */
export const ALL_NAMESPACES = '*';

/** What Nomad says of tokens, in plain text: its status is 403, as where a right is missing. */
const TOKEN_REFUSALS = ['ACL token not found', 'ACL token expired'];
const ACLS_ARE_OFF = 'ACL support disabled';

export class NomadClient {
  /** Null: all. */
  readonly namespace: string | null;
  readonly #api: JsonApi;
  readonly #deps: ProviderDeps;

  constructor({ endpoint, config }: IntegrationConfig<NomadConfig>, deps: ProviderDeps) {
    this.namespace = config.namespace ?? null;
    this.#deps = deps;
    this.#api = { base: endpoint, product: 'Nomad', deps, headers: (signal) => this.#token(signal), refusing };
  }

  /** `GET` below `/v1`. Throws ProviderError. */
  async get(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<ApiAnswer> {
    const search = new URLSearchParams(query).toString();
    const call = { path: `/v1${path}${search ? `?${search}` : ''}` };
    try {
      return await askApi(this.#api, call, signal);
    } catch (error) {
      const isRefused = error instanceof ProviderError && error.code === 'unauthenticated';
      if (!isRefused || !this.#deps.credential.present) throw error;
      this.#deps.credential.forget();
      return askApi(this.#api, call, signal);
    }
  }

  async #token(signal: AbortSignal): Promise<Record<string, string>> {
    const { credential } = this.#deps;
    if (!credential.present) return {};
    return { 'x-nomad-token': (await credential.resolve(signal)).reveal() };
  }
}

function refusing(response: EgressResponse, product: string, what: string, now: number): ProviderError {
  const { status: httpStatus } = response;
  const said = response.text();
  const refusal = TOKEN_REFUSALS.find((phrase) => said.includes(phrase));
  if (refusal) return new ProviderError('unauthenticated', `Nomad says to ${what}: ${refusal}`, { httpStatus });
  if (said.includes(ACLS_ARE_OFF)) return new ProviderError('unsupported_operation', ACLS_ARE_OFF, { httpStatus });
  return refusalOf(response, product, what, now);
}
