import {
  askApi,
  baseUrlOf,
  type ConnectionFacts,
  type EgressResponse,
  hasCode,
  hasStatus,
  type IntegrationConfig,
  nullIf,
  type ProviderDeps,
  type ProviderError,
  refusalOf,
  unreadable,
} from '@integrations/provider-kit';
import { agreedVersion, isApiVersion, refusedVersion } from './api-version';

const PRODUCT = 'The container engine';

/** An engine that has answered, and what the headers of its answer say. */
export interface Engine {
  readonly server: { readonly product: 'Docker Engine' | 'Podman'; readonly version?: string };
  /** The state of its node in a swarm, such as `active/manager` or `locked`; null if the engine does not say. */
  readonly swarm: string | null;
  /** Facts about the connection of the first call. */
  readonly connection: ConnectionFacts;
  /** `GET` below the agreed version. Throws ProviderError. */
  get(path: string, signal: AbortSignal): Promise<object>;
  /** An image by its id. Podman's own API is preferred: only it shows the digest as pulled. Throws ProviderError. */
  image(id: string, signal: AbortSignal): Promise<object>;
}

/** Such as `4.3.1` or `6.0.0-dev`: must be a single path segment. */
const LIBPOD_VERSION = /^\d[\w.-]{0,30}$/;

/**
 * Agrees on a version of the API by `/_ping`, the only call that no engine refuses because of its version.
 * https://docs.docker.com/reference/api/engine/#versioned-api-and-sdk
 */
export async function openEngine(
  { endpoint }: Pick<IntegrationConfig, 'endpoint'>,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<Engine> {
  const base = baseUrlOf(endpoint);
  const response = await deps.egress.request({ method: 'GET', url: `${base}/_ping`, signal });
  if (response.status !== 200) throw refusalOf(response, PRODUCT, 'GET /_ping', deps.clock.now());
  const { headers, connection } = response;
  const newest = headers['api-version'];
  if (response.text() !== 'OK' || !isApiVersion(newest)) throw unreadable(PRODUCT, 'GET /_ping');

  const version = agreedVersion(newest);
  const api = {
    ...{ base: `${base}/v${version}`, product: PRODUCT, deps, refusing },
    headers: () => Promise.resolve({}),
  };
  const libpod = headers['libpod-api-version'] ?? '';
  const images = LIBPOD_VERSION.test(libpod) ? { ...api, base: `${base}/v${libpod}/libpod` } : api;
  return {
    server: serverOf(headers),
    swarm: headers['swarm'] ?? null,
    connection,
    get: async (path, signal) => (await askApi(api, { path }, signal)).data,
    image: async (id, signal) => (await askApi(images, { path: `/images/${id}/json` }, signal)).data,
  };
}

/** Null if something in front of the engine forbids the call: a proxy, an authorization plugin. */
export const asForbidden = nullIf((error) => hasCode(error, 'permission_missing'));

/** Null if the object no longer exists. */
export const asGone = nullIf((error) => hasStatus(error, 404));

/** From headers such as `Docker/20.10.24 (linux)` or `Libpod/4.3.1 (linux)`, which a proxy may replace. */
function serverOf(headers: EgressResponse['headers']): Engine['server'] {
  const [, name, version] = /^(Docker|Libpod)\/([\w.+~-]+)/.exec(headers['server'] ?? '') ?? [];
  const product = name === 'Libpod' || headers['libpod-api-version'] !== undefined ? 'Podman' : 'Docker Engine';
  return { product, ...(version === undefined ? {} : { version }) };
}

function refusing(response: EgressResponse, product: string, what: string, now: number): ProviderError {
  const refusal = response.status === 400 ? refusedVersion(response.text().slice(0, 1_024)) : null;
  return refusal ?? refusalOf(response, product, what, now);
}
