import {
  type ApiAnswer,
  askApi,
  type EgressResponse,
  type FailureCode,
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

/** The path at which Nomad describes a token to its holder. */
export const SELF = '/acl/token/self';
/** Nomad's plain-text refusals of a token. The status is ambiguous: 403 or 404, as for a missing right, or 500. */
const TOKEN_REFUSALS: readonly (readonly [text: string, why: string, FailureCode?])[] = [
  ['ACL token not found', 'it does not know the token'],
  ['ACL token expired', 'the token has expired', 'credential_expired'],
  // Before 1.10.1: for no token, and for a token that is not a UUID. Since 1.10.1, Nomad parses the latter as a workload's
  // JWT, which fails as in the last entry.
  // https://github.com/hashicorp/nomad/blob/v1.10.0/nomad/state/state_store.go, …/v1.10.1/nomad/encrypter.go
  ['acl token lookup failed: missing secret id', 'there is no token'],
  ['acl token lookup failed: index error', 'the credential is not the secret id of a token'],
  ['failed to parse signed token', 'the credential is not the secret id of a token'],
];
const ACLS_ARE_OFF = 'ACL support disabled';

export interface NomadClient {
  /** Null for all namespaces. */
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
  const body = response.text();
  const [, refusal, probeCode] = TOKEN_REFUSALS.find(([text]) => body.includes(text)) ?? [];
  if (refusal) {
    return new ProviderError('unauthenticated', `Nomad refuses ${what}: ${refusal}`, { httpStatus, probeCode });
  }
  // This call needs no permission: since 1.10.1, Nomad refuses an unknown token in this way.
  // https://github.com/hashicorp/nomad/issues/25937
  if (what === `GET ${SELF}` && httpStatus === 403 && body.includes('Permission denied')) {
    return new ProviderError('unauthenticated', `Nomad refuses ${what}: it does not recognise the token`, {
      httpStatus,
    });
  }
  if (body.includes(ACLS_ARE_OFF)) return new ProviderError('unsupported_operation', ACLS_ARE_OFF, { httpStatus });
  return refusalOf(response, product, what, now);
}
