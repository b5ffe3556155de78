import { foreignCursor, unreadable, type UpstreamPage } from '@integrations/provider-kit';
import type { ClusterObject } from '../vendors/kubernetes/objects';
import type { ArgoClient } from './client';

/** The lists of Argo Server, named as in its paths. */
export type ListName = 'workflows' | 'workflow-templates' | 'cron-workflows';

/** Maximum page size: with its templates, an item takes kilobytes. */
const PAGE_SIZE = 100;

/**
 * For `pageOf`: fetches a page of a list; `query` is `n=<count>` for the first page. `params` are added to the
 * request's query.
 * https://argo-workflows.readthedocs.io/en/latest/swagger/
 */
export async function pageOfList<T>(
  { ask, namespace }: ArgoClient,
  { name, params = {} }: { readonly name: ListName; readonly params?: Readonly<Record<string, string>> },
  query: string,
  signal: AbortSignal,
): Promise<UpstreamPage<T & ClusterObject>> {
  const at = new URLSearchParams(query);
  const limit = Math.min(Number(at.get('n')), PAGE_SIZE);
  if (!(limit > 0)) throw foreignCursor();
  const token = at.get('continue');
  const place = { 'listOptions.limit': String(limit), ...(token === null ? {} : { 'listOptions.continue': token }) };
  const path = `/${name}/${namespace ?? ''}?${new URLSearchParams({ ...place, ...params })}`;
  const { data } = await ask(path, signal);
  const { items, metadata } = data as { readonly items?: unknown; readonly metadata?: { readonly continue?: unknown } };
  // Go writes an empty list as null.
  if (!Array.isArray(items) && items !== null) throw unreadable('Argo', `GET /${name}`);
  const next = metadata?.continue;
  const more = typeof next === 'string' && next !== '';
  return {
    items: ((items ?? []) as readonly unknown[]).filter(isObject<T>),
    next: more ? String(new URLSearchParams({ n: String(limit), continue: next })) : null,
  };
}

function isObject<T>(value: unknown): value is T & ClusterObject {
  const { name, namespace } = (value as Partial<ClusterObject> | null)?.metadata ?? {};
  return typeof name === 'string' && typeof namespace === 'string';
}
