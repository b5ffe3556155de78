import { randomUUID } from 'node:crypto';

export interface FakeMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly object[];
}

export interface FakeObject {
  readonly metadata: FakeMetadata;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: Readonly<Record<string, unknown>>;
}

/** A right that RBAC grants to every authenticated user; without a namespace, in the whole cluster. */
export interface Grant {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly namespace?: string;
}

export interface ClusterState {
  version: string;
  /** Users by token. */
  readonly users: Map<string, string>;
  /** Whether `--anonymous-auth` is on. */
  isAnonymousSomebody: boolean;
  /** Whether `/readyz` may be read. */
  isReadyzOpen: boolean;
  /** The failing checks of `/readyz`. */
  failing: string[];
  /** True from 1.28 on. */
  hasSelfReview: boolean;
  hasTekton: boolean;
  /** True if etcd was compacted, so that `continue` tokens have expired. */
  isCompacted: boolean;
  grants: Grant[];
  /** By resource: `pods`, `pipelineruns`. */
  readonly objects: Record<string, FakeObject[]>;
}

export const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.a-service-account-token.0123456789abcdefghij';
export const USER = 'system:serviceaccount:integrations:reader';
export const DIGEST = `sha256:${'1f'.repeat(32)}`;
const STARTED = '2026-11-26T07:00:00Z';

export function newState(): ClusterState {
  return {
    ...{ version: 'v1.34.1', isAnonymousSomebody: true, isReadyzOpen: true, failing: [], hasSelfReview: true },
    ...{ hasTekton: true, isCompacted: false },
    users: new Map([[TOKEN, USER]]),
    grants: [
      { verbs: ['list'], apiGroups: [''], resources: ['pods'] },
      { verbs: ['list'], apiGroups: ['tekton.dev'], resources: ['pipelines', 'pipelineruns'] },
    ],
    objects: { pods: [], pipelines: [], pipelineruns: [] },
  };
}

export function metadata(namespace: string, name: string, given: Partial<FakeMetadata> = {}): FakeMetadata {
  return { name, namespace, uid: randomUUID(), creationTimestamp: STARTED, labels: {}, ...given };
}

/** A running pod of a Deployment. */
export function pod(
  namespace: string,
  name: string,
  given: { metadata?: Partial<FakeMetadata>; spec?: object; status?: object } = {},
): FakeObject {
  const image = `registry.example/team/${name}:1.4`;
  const hash = '5d4f8c7b9';
  const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-${hash}`, uid: randomUUID() };
  return {
    metadata: metadata(namespace, `${name}-${hash}-x7f2q`, {
      labels: { app: name, 'pod-template-hash': hash },
      ownerReferences: [{ ...controller, controller: true }],
      ...given.metadata,
    }),
    spec: { nodeName: 'node-1', containers: [{ name: 'main', image }], ...given.spec },
    status: {
      phase: 'Running',
      startTime: STARTED,
      containerStatuses: [status('main', image, `registry.example/team/${name}@${DIGEST}`)],
      ...given.status,
    },
  };
}

export function status(
  name: string,
  image: string,
  imageID: string,
  state: object = { running: { startedAt: STARTED } },
) {
  return { name, image, imageID, ready: true, restartCount: 0, state };
}
