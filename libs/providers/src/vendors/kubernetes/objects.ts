import { foreignCursor, ProviderError, unreadable, type UpstreamPage, utcTime } from '@integrations/provider-kit';
import { NAMESPACE } from './cluster-config';
import type { ClusterApi } from './cluster-api';

/** The fields we use of every object's metadata. */
export interface Metadata {
  readonly uid: string;
  readonly name: string;
  readonly namespace?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly controller?: boolean }[];
}

export interface ClusterObject {
  readonly metadata: Metadata;
}

export interface ObjectList {
  /** Such as `/apis/tekton.dev/v1`. */
  readonly group: string;
  /** Such as `pipelineruns`. */
  readonly resource: string;
  /** Listed one after the other; null stands for all of them at once. */
  readonly namespaces: readonly (string | null)[];
  /** Query parameters such as `labelSelector` and `fieldSelector`. */
  readonly selectors: Readonly<Record<string, string>>;
  /** Largest page to request. */
  readonly most: number;
}

/**
 * Fetches a page for `pageOf`; the query of the first page is `n=<limit>`.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 */
export async function pageOfObjects<T>(
  api: ClusterApi,
  list: ObjectList,
  query: string,
  signal: AbortSignal,
): Promise<UpstreamPage<T & ClusterObject>> {
  const at = new URLSearchParams(query);
  const limit = Math.min(Number(at.get('n')), list.most);
  const namespace = at.get('in') ?? list.namespaces[0] ?? null;
  const index = list.namespaces.indexOf(namespace);
  if (!(limit > 0) || index < 0) throw foreignCursor();
  const token = at.get('continue');
  const params = { ...list.selectors, limit: String(limit), ...(token === null ? {} : { continue: token }) };
  const path = `${pathOf(list, namespace)}?${new URLSearchParams(params)}`;
  const { items, next } = readList(await api.ask({ path }, signal), path);
  return { items: items.filter(isObject<T>), next: following(limit, namespace, next, list.namespaces[index + 1]) };
}

/**
 * The namespaces to list: those of the config, or only the one asked for. Throws `invalid_request`, naming `field`, if
 * that one is not a valid name or not in the config.
 */
export function namespacesOf(
  configured: readonly string[] | undefined,
  asked: string | null,
  field = 'namespace',
): readonly (string | null)[] {
  if (asked === null) return configured ?? [null];
  if (!NAMESPACE.test(asked)) throw new ProviderError('invalid_request', `${field}: is not the name of a namespace`);
  if (configured && !configured.includes(asked)) {
    throw new ProviderError('invalid_request', `${field}: it is not among config.namespaces of the integration`);
  }
  return [asked];
}

/** ISO-8601 UTC; null if the value is not a time. */
export function timeOf(value: unknown): string | null {
  return typeof value === 'string' ? utcTime(value) : null;
}

function pathOf({ group, resource }: Pick<ObjectList, 'group' | 'resource'>, namespace: string | null): string {
  return namespace === null ? `${group}/${resource}` : `${group}/namespaces/${namespace}/${resource}`;
}

function readList({ data }: { readonly data: object }, path: string) {
  const { metadata, items } = data as { readonly metadata?: { readonly continue?: unknown }; readonly items?: unknown };
  // Some Go servers write an empty list as null.
  if (!Array.isArray(items) && items !== null) throw unreadable('Kubernetes', `GET ${path.replace(/\?.*$/, '')}`);
  const token = metadata?.continue;
  return { items: (items ?? []) as readonly unknown[], next: typeof token === 'string' && token !== '' ? token : null };
}

function following(limit: number, namespace: string | null, token: string | null, after: string | null | undefined) {
  const place = { n: String(limit), ...(namespace === null ? {} : { in: namespace }) };
  if (token !== null) return String(new URLSearchParams({ ...place, continue: token }));
  return after === undefined || after === null ? null : String(new URLSearchParams({ n: String(limit), in: after }));
}

function isObject<T>(value: unknown): value is T & ClusterObject {
  const { uid, name } = (value as Partial<ClusterObject> | null)?.metadata ?? {};
  return typeof uid === 'string' && typeof name === 'string';
}
