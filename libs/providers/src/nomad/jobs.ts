import type { WorkloadContainer } from '@integrations/contracts';

/** The fields of a listed allocation that we use: https://developer.hashicorp.com/nomad/api-docs/allocations */
export interface AllocationStub {
  readonly ID: string;
  readonly Name: string;
  readonly Namespace: string;
  readonly NodeName?: string;
  readonly JobID: string;
  readonly JobVersion: number;
  readonly TaskGroup: string;
  readonly DesiredStatus: string;
  readonly ClientStatus: string;
  readonly TaskStates?: Readonly<Record<string, { readonly StartedAt?: string | null }>> | null;
}

type Meta = Readonly<Record<string, unknown>> | null;

/** The fields of a job that we use: https://developer.hashicorp.com/nomad/api-docs/json-jobs */
export interface Job {
  readonly Meta?: Meta;
  readonly TaskGroups?: readonly TaskGroup[] | null;
}

interface TaskGroup {
  readonly Name: string;
  readonly Meta?: Meta;
  readonly Tasks?: readonly Task[] | null;
}

interface Task {
  readonly Name: string;
  readonly Config?: Readonly<Record<string, unknown>> | null;
}

/**
 * A scheme that may precede an image name: `docker://` for the Podman driver, `https://` for the Docker driver.
 * https://github.com/hashicorp/nomad-driver-podman#task-configuration, https://github.com/hashicorp/nomad/blob/main/drivers/docker/driver.go
 */
const SCHEME = /^(?:docker|https):\/\//;
/** The full digest, if the job pins its image to one. */
const PINNED = /@(sha256:[0-9a-f]{64})$/;

/** The metadata of a task group, including its job's. */
export function labelsOf(job: Job, group: string): Readonly<Record<string, string>> {
  const both = { ...job.Meta, ...groupOf(job, group)?.Meta };
  return Object.fromEntries(
    Object.entries(both).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The tasks of a group. `image` is empty if the driver runs none. Nomad does not say which digest a tag stood for. */
export function containersOf(job: Job, group: string): readonly WorkloadContainer[] {
  return (groupOf(job, group)?.Tasks ?? []).map(({ Name: name, Config }) => {
    const named = Config?.['image'];
    const image = typeof named === 'string' ? named.replace(SCHEME, '') : '';
    return { name, image, digest: PINNED.exec(image)?.[1] ?? null };
  });
}

function groupOf({ TaskGroups }: Job, group: string): TaskGroup | undefined {
  return TaskGroups?.find(({ Name }) => Name === group);
}
