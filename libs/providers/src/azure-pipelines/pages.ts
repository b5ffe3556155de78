import { foreignCursor, type UpstreamPage } from '@integrations/provider-kit';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { unreadable } from '../vendors/azure-devops/errors';

export interface ListRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The `next` of the previous page; null for the first page. */
  readonly token: string | null;
}

const CONTINUATION = 'x-ms-continuationtoken';
/** A time, or a name in lists sorted by name. */
const TOKEN = /^[^\u0000-\u001f\u007f]{1,500}$/;

/** A page of a list that continues by token. */
export async function pageAt<T>(
  client: AzureDevOpsClient,
  { path, query, token }: ListRequest,
  isItem: (value: unknown) => value is T,
  signal: AbortSignal,
): Promise<UpstreamPage<T>> {
  if (token !== null && !TOKEN.test(token)) {
    throw foreignCursor();
  }
  const asked = { ...query, ...(token === null ? {} : { continuationToken: token }) };
  const { data, headers } = await client.call({ method: 'GET', path, query: asked }, signal);
  const { value } = data as { readonly value?: unknown };
  if (!Array.isArray(value) || !value.every(isItem)) throw unreadable(`GET ${path}`);
  return { items: value, next: headers[CONTINUATION] || null };
}
