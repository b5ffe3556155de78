import type { Page, Workload, WorkloadState } from '@integrations/contracts';
import {
  foreignCursor,
  type LabelRequirement,
  meetsLabels,
  unreadable,
  utcTime,
  type WorkloadsQuery,
} from '@integrations/provider-kit';
import { asGone, type Engine } from './client';
import { imageDigest } from './image-digest';

const ID = /^[0-9a-f]{64}$/;
const IMAGE_ID = /^sha256:[0-9a-f]{64}$/;
/** Each container takes two calls in sequence; with more, a distant engine would exceed the time of a page. */
const PER_PAGE = 25;

/** A container as the list shows it. */
interface Listed {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The fields of a container that we use. */
interface Inspected {
  readonly Image?: string;
  readonly Config?: { readonly Image?: string };
  readonly State?: { readonly Status?: string; readonly StartedAt?: string } | null;
}

/** Containers in other states have ended and are not listed. A paused container still holds its resources. */
const STATES: Readonly<Record<string, WorkloadState>> = {
  created: 'pending',
  restarting: 'pending',
  running: 'running',
  paused: 'running',
  removing: 'stopping',
};
/** Podman lists paused containers only on request, and rejects states that it does not have. */
const LISTED_BY_PODMAN = ['running', 'paused'];

/**
 * Containers in the order of their ids, one page at a time. The engine has no pages: it lists all containers with the
 * labels, and shows the image reference and the start time only when a single container is inspected.
 */
export async function listWorkloads(
  engine: Engine,
  { limit, cursor, q, namespace, labels }: WorkloadsQuery,
  signal: AbortSignal,
): Promise<Page<Workload>> {
  const after = cursor === null ? '' : readCursor(cursor);
  const found = listed(await engine.get(`/containers/json${queryOf(engine, labels)}`, signal))
    .filter(({ id }) => id > after)
    .filter((one) => meetsLabels(one.labels, labels))
    .filter((one) => namespace === null || namespaceOf(one.labels) === namespace)
    .filter((one) => q === null || one.name.toLowerCase().includes(q))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = found.slice(0, Math.min(limit, PER_PAGE));
  return {
    items: await inspectAll(engine, page, signal),
    nextCursor: found.length > page.length ? page.at(-1)!.id : null,
  };
}

function queryOf({ server }: Engine, labels: WorkloadsQuery['labels']): string {
  const filters = {
    ...(labels.length === 0 ? {} : { label: labels.map(labelFilter) }),
    ...(server.product === 'Podman' ? { status: LISTED_BY_PODMAN } : {}),
  };
  return Object.keys(filters).length === 0 ? '' : `?filters=${encodeURIComponent(JSON.stringify(filters))}`;
}

function labelFilter({ name, value }: LabelRequirement): string {
  return value === null ? name : `${name}=${value}`;
}

async function inspectAll(engine: Engine, page: readonly Listed[], signal: AbortSignal): Promise<Workload[]> {
  const known = new Map<string, readonly string[]>();
  const digestsOf = async (id: string | undefined) => {
    if (id === undefined || !IMAGE_ID.test(id)) return [];
    if (!known.has(id)) known.set(id, await knownDigests(engine, id, signal));
    return known.get(id)!;
  };
  const workloads: Workload[] = [];
  for (const one of page) {
    const inspected = (await engine.get(`/containers/${one.id}/json`, signal).catch(asGone)) as Inspected | null;
    const { Image, Config, State } = inspected ?? {};
    const state = STATES[State?.Status ?? ''];
    if (state === undefined) continue; // it has ended since it was listed
    const image = Config?.Image ?? '';
    workloads.push({
      ...{ id: one.id, kind: 'container', name: one.name, labels: one.labels },
      ...{ namespace: namespaceOf(one.labels), owner: ownerOf(one.labels) },
      // Only /info has the node's name, for which Podman runs a dozen programs. The integration stands for one machine.
      node: null,
      ...{ state, startedAt: utcTime(State?.StartedAt) },
      containers: [{ name: one.name, image, digest: imageDigest(image, await digestsOf(Image)) }],
    });
  }
  return workloads;
}

/** The fields of an image that we use. */
interface Image {
  readonly RepoDigests?: readonly string[] | null;
  /** Describes the image as it was pulled. Present since API 1.48 if containerd stores the images. */
  readonly Descriptor?: { readonly digest?: string } | null;
  /** Podman only: the digest by which the image was first pulled; for a multi-platform image, that of its index. */
  readonly Digest?: string;
}

/** The known digests of an image; none if it was removed while its container runs. */
async function knownDigests(engine: Engine, id: string, signal: AbortSignal): Promise<readonly string[]> {
  const image = (await engine.image(id, signal).catch(asGone)) as Image | null;
  const { RepoDigests, Descriptor, Digest } = image ?? {};
  // Podman pairs every name of an image with every known digest, so a repository may not know the digest next to it.
  if (!Digest && RepoDigests?.length) return RepoDigests;
  // In both cases, an image whose tag has moved loses its names and so its RepoDigests.
  const came = Digest ?? Descriptor?.digest;
  return came === undefined ? [] : [`<none>@${came}`];
}

function listed(answer: object): Listed[] {
  if (!Array.isArray(answer)) throw unreadable('The container engine', 'GET /containers/json');
  return (answer as { Id?: string; Names?: string[]; Labels?: Record<string, string> | null }[]).flatMap(
    ({ Id: id = '', Names = [], Labels }) => {
      if (!ID.test(id)) return [];
      // Links add further names to a container: `/shop/db` in addition to `/db`.
      const name = Names.find((one) => one.lastIndexOf('/') === 0)?.slice(1) ?? id.slice(0, 12);
      return [{ id, name, labels: Labels ?? {} }];
    },
  );
}

/** The stack in a swarm, or the Compose project. */
function namespaceOf(labels: Listed['labels']): string | null {
  return labels['com.docker.stack.namespace'] ?? labels['com.docker.compose.project'] ?? null;
}

function ownerOf(labels: Listed['labels']): Workload['owner'] {
  const name = labels['com.docker.swarm.service.name'] ?? labels['com.docker.compose.service'];
  return name === undefined ? null : { kind: 'service', name };
}

function readCursor(cursor: string): string {
  if (ID.test(cursor)) return cursor;
  throw foreignCursor();
}
