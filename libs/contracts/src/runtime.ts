import { IsOptional, IsString, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import { DiscoverPageQuery } from './discovery';
import type { Page } from './page';

/** `unknown` where the host itself cannot tell: it lost contact to the node, say. */
export const WORKLOAD_STATES = ['pending', 'running', 'stopping', 'unknown'] as const;
export type WorkloadState = (typeof WORKLOAD_STATES)[number];

/** One container of a workload. */
export interface WorkloadContainer {
  readonly name: string;
  /** The image as it was asked for, `registry.example/team/shop:1.4`; empty where the host does not tell. */
  readonly image: string;
  /** Of the image that runs, `sha256:…`; null until it was pulled, and where the host does not tell. */
  readonly digest: string | null;
}

/** What runs at a runtime host, or is about to: a pod, container, task or allocation. What has ended is not listed. */
export interface Workload {
  /** The host's; it ends with the workload. */
  readonly id: string;
  /** The host's word for what it is: `pod`, `container`, `task`, `allocation`. */
  readonly kind: string;
  /** Namespace, cluster or project; null where the host has none. */
  readonly namespace: string | null;
  readonly name: string;
  /** What keeps it running, such as a deployment or a service; null where it stands alone. */
  readonly owner: { readonly kind: string; readonly name: string } | null;
  /** The machine that it runs on; null before it was placed, and where the host does not tell. */
  readonly node: string | null;
  readonly state: WorkloadState;
  /** ISO-8601 UTC. */
  readonly startedAt: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly WorkloadContainer[];
}

/** One page of workloads. */
export type WorkloadPage = Page<Workload>;

const LABEL = String.raw`[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,315}[A-Za-z0-9])?(?:=[A-Za-z0-9._/:@ -]{0,255})?`;
const SELECTOR_PATTERN = new RegExp(`^${LABEL}(?:,${LABEL})*$`);

/** Which page of which workloads. `q` is a part of the name. */
export class ListWorkloadsQuery extends DiscoverPageQuery {
  /** Only those in this one. */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  namespace?: string;

  /** Labels that they all have, separated by commas: `app=shop,tier` is `app` with this value and `tier` with any. */
  @IsOptional()
  @Matches(SELECTOR_PATTERN, { message: 'must be labels separated by commas, each a name or name=value' })
  @MaxLength(1_000)
  labels?: string;
}

/** `integrations.v1.rpc.runtime.workloads`. */
export class ListWorkloadsRequest extends ListWorkloadsQuery {
  @IsUUID()
  integrationId: string;
}
