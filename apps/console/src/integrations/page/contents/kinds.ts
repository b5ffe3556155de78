import type { Capability } from '@integrations/contracts';

/** What can be listed of a vendor right away; tags, digests and referrers are asked for of a repository. */
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
