import type { FakeObject } from './world.ts';

export interface ListPage {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: readonly FakeObject[];
}

/** A page in the order of etcd's keys. Null if the `continue` token was never issued. */
export function pageOfList(
  objects: readonly FakeObject[],
  namespace: string | undefined,
  query: Readonly<Record<string, string>>,
): ListPage | null {
  const { limit, continue: token, labelSelector = '', fieldSelector = '' } = query;
  const start = token === undefined ? '' : read(token);
  if (start === null) return null;
  const left = objects
    .filter((object) => namespace === undefined || object.metadata.namespace === namespace)
    .filter((object) => meets(labelSelector, object.metadata.labels) && isPhase(fieldSelector, object))
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .filter((object) => keyOf(object) > start);
  const items = limit === undefined ? left : left.slice(0, Number(limit));
  const rest = left.length - items.length;
  const more = rest > 0 ? { continue: written(keyOf(items.at(-1)!)), remainingItemCount: rest } : {};
  return { metadata: { resourceVersion: '1042', ...more }, items };
}

function keyOf({ metadata: { namespace, name } }: FakeObject): string {
  return `${namespace}/${name}`;
}

function written(start: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: 1042, start })).toString('base64url');
}

function read(token: string): string | null {
  try {
    const { start } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { start?: unknown };
    return typeof start === 'string' ? start : null;
  } catch {
    return null;
  }
}

function meets(selector: string, labels: Readonly<Record<string, string>>): boolean {
  return selector.split(',').every((part) => {
    if (part === '') return true;
    const [name = '', value] = part.split('=');
    return Object.hasOwn(labels, name) && (value === undefined || labels[name] === value);
  });
}

/** Supports only selectors of a pod's phase, the only ones that we use. */
function isPhase(selector: string, { status }: FakeObject): boolean {
  return selector.split(',').every((part) => part === '' || part !== `status.phase!=${String(status['phase'])}`);
}
