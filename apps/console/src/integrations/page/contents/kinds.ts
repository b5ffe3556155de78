import type { Capability } from '@integrations/contracts';

/** Contents that can be listed directly. Tags, digests and referrers belong to a repository. */
const KINDS = ['repositories', 'pipelines', 'runs', 'workloads'] as const satisfies readonly Capability[];
export type Kind = (typeof KINDS)[number];

export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  repositories: 'Repositories',
  pipelines: 'Pipelines',
  runs: 'Runs',
  workloads: 'Workloads',
};

export function kindsOf(capabilities: readonly Capability[]): Kind[] {
  return KINDS.filter((kind) => capabilities.includes(kind));
}
