import type { Page, Workload, WorkloadState } from '@integrations/contracts';
import {
  foreignCursor,
  type LabelRequirement,
  meetsLabels,
  unreadable,
  utcTime,
  type WorkloadsQuery,
} from '@integrations/provider-kit';
import { type Engine, unlessGone } from './client';
import { imageDigest } from './image-digest';

const ID = /^[0-9a-f]{64}$/;
const IMAGE_ID = /^sha256:[0-9a-f]{64}$/;
/** Each takes two calls, one after the other: of an engine that is far away, more take longer than a page may. */
const PER_PAGE = 25;

/** What the list of containers tells of one. */
interface Listed {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The fields we use of a container. */
interface Inspected {
  readonly Image?: string;
  readonly Config?: { readonly Image?: string };
  readonly State?: { readonly Status?: string; readonly StartedAt?: string } | null;
}

/** Those that have ended are not listed. What is paused is there, and holds what it held. */
const STATES: Readonly<Record<string, WorkloadState>> = {
  created: 'pending',
  restarting: 'pending',
  running: 'running',
  paused: 'running',
  removing: 'stopping',
};
/** Podman lists what is paused only where that is asked for, and takes no state that it does not have. */
const LISTED_BY_PODMAN = ['running', 'paused'];

/**
 * Containers in the order of their ids, one page at a time. The engine has no pages: it lists all that meet the labels, and
 * tells only for each by itself which image was asked for and since when it runs.
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
    ...(labels.length === 0 ? {} : { label: labels.map(written) }),
    ...(server.product === 'Podman' ? { status: LISTED_BY_PODMAN } : {}),
  };
  return Object.keys(filters).length === 0 ? '' : `?filters=${encodeURIComponent(JSON.stringify(filters))}`;
}

function written({ name, value }: LabelRequirement): string {
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
    const inspected = (await unlessGone(engine.get(`/containers/${one.id}/json`, signal))) as Inspected | null;
    const { Image, Config, State } = inspected ?? {};
    const state = STATES[State?.Status ?? ''];
    if (state === undefined) continue; // it ended since it was listed
    const image = Config?.Image ?? '';
    workloads.push({
      ...{ id: one.id, kind: 'container', name: one.name, labels: one.labels },
      ...{ namespace: namespaceOf(one.labels), owner: ownerOf(one.labels) },
      // Its name is in /info alone, for which Podman runs a dozen programs; the integration says which machine it is.
      node: null,
      ...{ state, startedAt: utcTime(State?.StartedAt) },
      containers: [{ name: one.name, image, digest: imageDigest(image, await digestsOf(Image)) }],
    });
  }
  return workloads;
}

/** The fields we use of an image. */
interface Image {
  readonly RepoDigests?: readonly string[] | null;
  /** Of what it was pulled as; there since API 1.48, where containerd keeps the images. */
  readonly Descriptor?: { readonly digest?: string } | null;
  /** Of Podman: what it first came by, a multi-platform one by its index. */
  readonly Digest?: string;
}

/** None of an image that was removed while it runs. */
async function knownDigests(engine: Engine, id: string, signal: AbortSignal): Promise<readonly string[]> {
  const image = (await unlessGone(engine.image(id, signal))) as Image | null;
  const { RepoDigests, Descriptor, Digest } = image ?? {};
  // Podman has each name of an image with each digest that it knows, of which its repository need not know one.
  if (!Digest && RepoDigests?.length) return RepoDigests;
  // There an image whose tag has moved on loses its names, and with them these.
  const came = Digest ?? Descriptor?.digest;
  return came === undefined ? [] : [`<none>@${came}`];
}

function listed(answer: object): Listed[] {
  if (!Array.isArray(answer)) throw unreadable('The container engine', 'GET /containers/json');
  return (answer as { Id?: string; Names?: string[]; Labels?: Record<string, string> | null }[]).flatMap(
    ({ Id: id = '', Names = [], Labels }) => {
      if (!ID.test(id)) return [];
      // Links give it further names: `/shop/db` beside `/db`.
      const name = Names.find((one) => one.lastIndexOf('/') === 0)?.slice(1) ?? id.slice(0, 12);
      return [{ id, name, labels: Labels ?? {} }];
    },
  );
}

/** The stack of a swarm, or the project of Compose. */
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
