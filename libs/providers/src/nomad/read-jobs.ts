import { hasStatus, unreadable } from '@integrations/provider-kit';
import type { NomadClient } from './client';
import type { AllocationStub, Job } from './jobs';

/**
 * The job of each allocation, in the version that the allocation runs. Lists do not contain it, so one allocation per
 * job and version is read. Leaves out jobs all of whose allocations were garbage-collected meanwhile.
 */
export async function readJobs(
  client: NomadClient,
  stubs: readonly AllocationStub[],
  signal: AbortSignal,
): Promise<ReadonlyMap<AllocationStub, Job>> {
  const jobs = new Map<AllocationStub, Job>();
  const ofOneJob = Map.groupBy(stubs, (stub) => JSON.stringify([stub.Namespace, stub.JobID, stub.JobVersion]));
  for (const group of ofOneJob.values()) {
    const job = await readFirst(client, group, signal);
    if (job) for (const stub of group) jobs.set(stub, job);
  }
  return jobs;
}

async function readFirst(
  client: NomadClient,
  stubs: readonly AllocationStub[],
  signal: AbortSignal,
): Promise<Job | null> {
  for (const { ID, Namespace } of stubs) {
    try {
      const { data } = await client.get(`/allocation/${encodeURIComponent(ID)}`, { namespace: Namespace }, signal);
      const { Job: job } = data as { readonly Job?: Job | null };
      if (typeof job !== 'object' || job === null) throw unreadable('Nomad', 'GET /v1/allocation');
      return job;
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
    }
  }
  return null;
}
