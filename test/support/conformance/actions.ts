import { randomUUID } from 'node:crypto';
import { type Capability, type ProbeVerdict, type ScmOperation, type ScmResponse } from '@integrations/contracts';
import type {
  AnnotationContext,
  InlineCommentsRequest,
  InlineCommentsResponse,
  RegistryConnector,
  ScmAnnotationClient,
} from '@integrations/provider-kit';
import { listingsOf } from './listings';
import { PATIENCE_MS } from './outcome';
import type { Connection } from './rig';
import type { SampleRequests } from './subject';

export const UPSERT_KEY = 'conformance';

/** The session method behind each capability. */
export const METHODS = {
  comment: 'postComment',
  status: 'postStatus',
  check_run: 'createCheckRun',
} as const satisfies Partial<Record<ScmOperation, keyof ScmAnnotationClient>>;

/** The operations that a provider carries out with a single method. */
export type ProviderOperation = keyof typeof METHODS;

/** The registry method behind each capability. */
export const REGISTRY_METHODS = {
  tags: 'listTags',
  digest: 'resolveDigest',
  referrers: 'listReferrers',
} as const satisfies Partial<Record<Capability, keyof RegistryConnector>>;

/** Parts of a larger operation. A provider supports a part if there is a sample request for it. */
export const PARTS = {
  inline_comments: 'postInlineComments',
  pull_request: 'readPullRequest',
} as const satisfies Record<string, keyof ScmAnnotationClient>;

export const PROBES = ['testConnection', 'checkHealth'] as const;
export type Probe = (typeof PROBES)[number];

export interface PostOptions {
  readonly signal?: AbortSignal;
  readonly operationId?: string;
  /** Fields that override those of the sample request. */
  readonly changes?: object;
}

/** A call through a connection that reaches the vendor. */
export interface Action {
  readonly name: string;
  run(connection: Connection, signal: AbortSignal): Promise<unknown>;
}

/** Carries out one operation, as the dispatcher does. */
export async function post(
  requests: SampleRequests,
  operation: ProviderOperation,
  { plugin, integration, deps }: Connection,
  options: PostOptions = {},
): Promise<ScmResponse> {
  const request = { ...requests[operation], ...options.changes } as never;
  const context: AnnotationContext = {
    operationId: options.operationId ?? randomUUID(),
    upsertKey: UPSERT_KEY,
    signal: options.signal ?? AbortSignal.timeout(PATIENCE_MS),
  };
  return plugin.open(integration, deps).annotations![METHODS[operation]]!(request, context);
}

/** Places remarks, as the dispatcher does. */
export async function placeInline(
  requests: SampleRequests,
  { plugin, integration, deps }: Connection,
  options: {
    readonly signal: AbortSignal;
    readonly changes?: Partial<InlineCommentsRequest>;
    readonly upsertKey?: string;
  },
): Promise<InlineCommentsResponse> {
  const request = { ...requests.inline_comments!, ...options.changes };
  const { signal, upsertKey = UPSERT_KEY } = options;
  const { annotations } = plugin.open(integration, deps);
  return annotations!.postInlineComments!(request, { operationId: randomUUID(), upsertKey, signal });
}

function partsOf(requests: SampleRequests): Action[] {
  const { inline_comments, pull_request } = requests;
  const inline: Action = {
    name: 'inline_comments',
    run: (connection, signal) => placeInline(requests, connection, { signal }),
  };
  const pullRequest: Action = {
    name: 'pull_request',
    run: async ({ plugin, integration, deps }, signal) =>
      plugin.open(integration, deps).annotations!.readPullRequest!(pull_request!, signal),
  };
  return [...(inline_comments ? [inline] : []), ...(pull_request ? [pullRequest] : [])];
}

/** The calls about images. */
function imageActions({ image }: SampleRequests, capabilities: readonly Capability[]): Action[] {
  if (!image) return [];
  const { repository, reference } = image;
  const query = { limit: 100, cursor: null, q: null };
  const run: Record<
    keyof typeof REGISTRY_METHODS,
    (registry: RegistryConnector, signal: AbortSignal) => Promise<unknown>
  > = {
    tags: (registry, signal) => registry.listTags(repository, query, signal),
    digest: (registry, signal) => registry.resolveDigest(repository, reference, { platform: null }, signal),
    referrers: (registry, signal) =>
      registry.listReferrers(repository, image.digest, { ...query, artifactType: null }, signal),
  };
  const names = capabilities.filter((one): one is keyof typeof run => Object.hasOwn(run, one));
  return names.map((name) => ({
    name,
    run: async ({ plugin, integration, deps }, signal) => run[name](plugin.open(integration, deps).registry!, signal),
  }));
}

function probe(name: Probe, connection: Connection, signal: AbortSignal): Promise<ProbeVerdict> {
  const { plugin, integration, deps } = connection;
  return plugin[name](integration, deps, signal);
}

/** The declared capabilities of a provider, sorted by the kind of call behind them. */
export function sorted(requests: SampleRequests, capabilities: readonly Capability[]) {
  const operations = capabilities.filter((one): one is ProviderOperation => Object.hasOwn(METHODS, one));
  const listings = listingsOf(requests).filter(({ name }) => capabilities.includes(name));
  return { operations, listings };
}

/** An action for every capability. These actions throw if the vendor fails. */
export function callsOf(requests: SampleRequests, capabilities: readonly Capability[]): Action[] {
  const { operations, listings } = sorted(requests, capabilities);
  return [
    ...operations.map((name) => ({
      name,
      run: (connection: Connection, signal: AbortSignal) => post(requests, name, connection, { signal }),
    })),
    ...partsOf(requests),
    ...imageActions(requests, capabilities),
    ...listings.map(({ name, list }) => ({
      name,
      run: (connection: Connection, signal: AbortSignal) => list(connection, {}, signal),
    })),
  ];
}

/** An action for every probe. These actions return a verdict, whatever the vendor does. */
export function probeActions(): Action[] {
  return PROBES.map((name) => ({ name, run: (connection, signal) => probe(name, connection, signal) }));
}
