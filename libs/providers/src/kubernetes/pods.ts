import type { Workload, WorkloadContainer, WorkloadState } from '@integrations/contracts';
import { type ClusterObject, type Metadata, timeOf } from '../vendors/kubernetes/objects';

/** The fields of a pod that we use. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
export interface Pod extends ClusterObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly ephemeralContainers?: readonly Container[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly startTime?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
  };
}

interface Container {
  readonly name: string;
  readonly image?: string;
}

interface ContainerStatus {
  readonly name: string;
  readonly imageID?: string;
  readonly state?: { readonly terminated?: object };
}

const STATES: Readonly<Record<string, WorkloadState>> = { Pending: 'pending', Running: 'running' };
const DIGEST = /@(sha(?:256|512):[0-9a-f]{64,128})$/;

export function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

export function workloadOf(pod: Pod): Workload {
  const { metadata, spec, status } = pod;
  const state = STATES[status?.phase ?? ''] ?? 'unknown';
  return {
    id: metadata.uid,
    kind: 'pod',
    namespace: metadata.namespace ?? null,
    name: metadata.name,
    owner: ownerOf(metadata),
    node: spec?.nodeName || null,
    state: metadata.deletionTimestamp === undefined ? state : 'stopping',
    startedAt: timeOf(status?.startTime),
    labels: metadata.labels ?? {},
    containers: containersOf(pod),
  };
}

/** All containers of a pod, except init and ephemeral containers that have ended, since those end before their pod. */
function containersOf({ spec, status }: Pod): WorkloadContainer[] {
  const passing = [
    ...pairs(spec?.initContainers, status?.initContainerStatuses),
    ...pairs(spec?.ephemeralContainers, status?.ephemeralContainerStatuses),
  ].filter(([, state]) => !state?.state?.terminated);
  return [...pairs(spec?.containers, status?.containerStatuses), ...passing].map(
    ([{ name, image = '' }, state]): WorkloadContainer => ({ name, image, digest: digestOf(image, state?.imageID) }),
  );
}

function pairs(containers: readonly Container[] = [], statuses: readonly ContainerStatus[] = []) {
  return containers.map((container) => [container, statuses.find(({ name }) => name === container.name)] as const);
}

/**
 * A runtime reports `registry/name@sha256:…`, with or without a scheme in front. A bare `sha256:…` is the digest of the
 * image's configuration, which no registry knows; then only an image that is referenced by digest has a known digest.
 */
function digestOf(image: string, imageId: string | undefined): string | null {
  if (!imageId) return null;
  return (DIGEST.exec(imageId) ?? DIGEST.exec(image))?.[1] ?? null;
}

/** A Deployment owns its pods through a ReplicaSet, named after the Deployment and the hash in the pods' labels. */
function ownerOf({ ownerReferences = [], labels = {} }: Metadata): Workload['owner'] {
  const owner = ownerReferences.find(({ controller }) => controller);
  if (!owner) return null;
  const ending = `-${labels['pod-template-hash']}`;
  const isDeployments = owner.kind === 'ReplicaSet' && owner.name.length > ending.length && owner.name.endsWith(ending);
  return isDeployments
    ? { kind: 'Deployment', name: owner.name.slice(0, -ending.length) }
    : { kind: owner.kind, name: owner.name };
}
