import {
  askApi,
  baseUrlOf,
  type ConnectionFacts,
  type EgressResponse,
  hasCode,
  hasStatus,
  type IntegrationConfig,
  type ProviderDeps,
  type ProviderError,
  refusalOf,
  unreadable,
} from '@integrations/provider-kit';
import { agreedVersion, isApiVersion, refusedVersion } from './api-version';

const PRODUCT = 'The container engine';

/** An engine that has answered, and what it said of itself without being asked. */
export interface Engine {
  readonly server: { readonly product: 'Docker Engine' | 'Podman'; readonly version?: string };
  /** How its node stands in a swarm: `active/manager`, `locked`; null where it does not tell. */
  readonly swarm: string | null;
  /** Of the first call. */
  readonly connection: ConnectionFacts;
  /** Below the version that both speak. Throws ProviderError. */
  get(path: string, signal: AbortSignal): Promise<object>;
  /** By its id; of Podman as its own API has it, which alone tells by which digest it came. Throws ProviderError. */
  image(id: string, signal: AbortSignal): Promise<object>;
}

/** `4.3.1`, `6.0.0-dev`: a segment of a path, and nothing else. */
const LIBPOD_VERSION = /^\d[\w.-]{0,30}$/;

/**
 * Agrees on a version of the API: `/_ping` is the one call that no engine refuses for that.
 * https://docs.docker.com/reference/api/engine/#versioned-api-and-sdk
 */
export async function greet(
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

/** The value, or null where something in front of the engine does not let us read it: a proxy, an authorization plugin. */
export async function unlessForbidden<T>(answer: Promise<T>): Promise<T | null> {
  return answer.catch((error: unknown) => {
    if (hasCode(error, 'permission_missing')) return null;
    throw error;
  });
}

/** The value, or null of what is not there any more. */
export async function unlessGone<T>(answer: Promise<T>): Promise<T | null> {
  return answer.catch((error: unknown) => {
    if (hasStatus(error, 404)) return null;
    throw error;
  });
}

/** `Docker/20.10.24 (linux)`, `Libpod/4.3.1 (linux)`; a proxy may put its own name there. */
function serverOf(headers: EgressResponse['headers']): Engine['server'] {
  const [, name, version] = /^(Docker|Libpod)\/([\w.+~-]+)/.exec(headers['server'] ?? '') ?? [];
  const product = name === 'Libpod' || headers['libpod-api-version'] !== undefined ? 'Podman' : 'Docker Engine';
  return { product, ...(version === undefined ? {} : { version }) };
}

function refusing(response: EgressResponse, product: string, what: string, now: number): ProviderError {
  const refusal = response.status === 400 ? refusedVersion(response.text().slice(0, 1_024)) : null;
  return refusal ?? refusalOf(response, product, what, now);
}
