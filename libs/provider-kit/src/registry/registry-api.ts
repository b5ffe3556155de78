import type { EgressResponse } from '../egress/egress';
import { readJson, sendJson } from '../egress/json-call';
import type { ProviderDeps } from '../plugin';
import { registryError, unreadable } from './errors';

/** Where a registry's vendor has an API of its own, beside the distribution protocol. */
export interface RegistryApi {
  /** Without a trailing slash. */
  readonly base: string;
  /** As messages name it. */
  readonly product: string;
  readonly deps: Pick<ProviderDeps, 'egress' | 'clock'>;
  /** What proves who asks, made anew for each call. */
  headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
}

export interface RegistryApiAnswer {
  readonly data: object;
  readonly headers: EgressResponse['headers'];
}

/** `GET` below the base; `path` with its query. Throws ProviderError for what is refused, and for what is no JSON. */
export async function askRegistryApi(
  { base, product, deps, headers }: RegistryApi,
  path: string,
  signal: AbortSignal,
): Promise<RegistryApiAnswer> {
  const what = `GET ${path.replace(/\?.*$/, '')}`;
  const call = { method: 'GET', url: `${base}${path}`, headers: await headers(signal) };
  const response = await sendJson(deps.egress, call, signal);
  if (response.status < 200 || response.status > 299) throw registryError(response, product, what, deps.clock.now());
  const data = readJson(response.text(), (cause) => unreadable(product, what, cause));
  return { data, headers: response.headers };
}
