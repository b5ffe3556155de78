import {
  type ApiAnswer,
  askApi,
  type EgressResponse,
  type IntegrationConfig,
  type ProviderDeps,
  ProviderError,
  refusalOf,
  secretCredentials,
  withCredential,
} from '@integrations/provider-kit';
import type { NomadConfig } from './config';

/** Every namespace that the token may read. */
export const ALL_NAMESPACES = '*';

/** What Nomad says of tokens, in plain text: its status is 403, as where a right is missing. */
const TOKEN_REFUSALS = ['ACL token not found', 'ACL token expired'];
const ACLS_ARE_OFF = 'ACL support disabled';

export interface NomadClient {
  /** Null: all. */
  readonly namespace: string | null;
  /** `GET` below `/v1`. Throws ProviderError. */
  get(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<ApiAnswer>;
}

export function openNomad({ endpoint, config }: IntegrationConfig<NomadConfig>, deps: ProviderDeps): NomadClient {
  const credentials = secretCredentials(deps.credential, (token) => ({ kind: 'bearer', token }));
  const api = {
    ...{ base: `${endpoint}/v1`, product: 'Nomad', deps, refusing },
    headers: async (signal: AbortSignal): Promise<Record<string, string>> => {
      const credential = await credentials.get(signal);
      return credential?.kind === 'bearer' ? { 'x-nomad-token': credential.token } : {};
    },
  };
  return {
    namespace: config.namespace ?? null,
    get: (path, query, signal) => {
      const search = new URLSearchParams(query).toString();
      const call = { path: `${path}${search ? `?${search}` : ''}` };
      return withCredential(credentials, () => askApi(api, call, signal), signal);
    },
  };
}

function refusing(response: EgressResponse, product: string, what: string, now: number): ProviderError {
  const { status: httpStatus } = response;
  const said = response.text();
  const refusal = TOKEN_REFUSALS.find((phrase) => said.includes(phrase));
  if (refusal) return new ProviderError('unauthenticated', `Nomad says to ${what}: ${refusal}`, { httpStatus });
  if (said.includes(ACLS_ARE_OFF)) return new ProviderError('unsupported_operation', ACLS_ARE_OFF, { httpStatus });
  return refusalOf(response, product, what, now);
}
