import { type ApiAnswer, askApi, type JsonApi } from '../egress/api-call';
import { registryError } from './errors';

/** Where a registry's vendor has an API of its own, beside the distribution protocol. */
export type RegistryApi = Omit<JsonApi, 'refusing'>;

/** `GET` below the base; `path` with its query. Throws ProviderError for what is refused, and for what is no JSON. */
export function askRegistryApi(api: RegistryApi, path: string, signal: AbortSignal): Promise<ApiAnswer> {
  return askApi({ ...api, refusing: registryError }, { path }, signal);
}
