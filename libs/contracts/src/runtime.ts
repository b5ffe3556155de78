import { IsOptional, IsString, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import { DiscoverPageQuery } from './discovery';
import type { Page } from './page';

export const WORKLOAD_STATES = ['pending', 'running', 'stopping', 'unknown'] as const;
/** `unknown`: the host itself does not know, for example because it lost contact with the node. */
export type WorkloadState = (typeof WORKLOAD_STATES)[number];

/** One container of a workload. */
export interface WorkloadContainer {
  /** Name of the container. */
  readonly name: string;
  /** The image reference in the container's definition, `registry.example/team/shop:1.4`; empty if not reported. */
  readonly image: string;
  /** Digest of the running image, `sha256:…`; null until the image is pulled, or if the host does not report it. */
  readonly digest: string | null;
}

/** A pod, container, task or allocation that is running or about to start. Finished workloads are not listed. */
export interface Workload {
  /** The host's id for the workload. A replacement workload gets a new id. */
  readonly id: string;
  /** The host's term for this kind of workload: `pod`, `container`, `task`, `allocation`. */
  readonly kind: string;
  /** Namespace, cluster or project; null if the host has no such concept. */
  readonly namespace: string | null;
  /** Name of the workload at the host. */
  readonly name: string;
  /**
   * The controller that keeps the workload running, such as a deployment or a service; null for a standalone workload.
   */
  readonly owner: {
    /** The host's term for this kind of controller, such as `Deployment`. */
    readonly kind: string;
    /** Name of the controller. */
    readonly name: string;
  } | null;
  /** The machine that the workload runs on; null before placement, or if the host does not report it. */
  readonly node: string | null;
  /** State of the workload. */
  readonly state: WorkloadState;
  /** ISO-8601 UTC; null if it has not started or the host does not report it. */
  readonly startedAt: string | null;
  /** Labels of the workload, by name. */
  readonly labels: Readonly<Record<string, string>>;
  /** The containers of the workload. */
  readonly containers: readonly WorkloadContainer[];
}

/** One page of workloads. */
export type WorkloadPage = Page<Workload>;

const LABEL = String.raw`[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,315}[A-Za-z0-9])?(?:=[A-Za-z0-9._/:@ -]{0,255})?`;
const SELECTOR_PATTERN = new RegExp(`^${LABEL}(?:,${LABEL})*$`);

/** Selects a page of workloads. */
export class ListWorkloadsQuery extends DiscoverPageQuery {
  /** Part of the workload's name. Case is ignored. */
  declare q?: string;

  /** List only workloads in this namespace, cluster or project. */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  namespace?: string;

  /**
   * List only workloads with all these labels, separated by commas: `app=shop,tier` means `app` is `shop` and `tier` is
   * set.
   */
  @IsOptional()
  @Matches(SELECTOR_PATTERN, { message: 'must be labels separated by commas, each a name or name=value' })
  @MaxLength(1_000)
  labels?: string;
}

/** `integrations.v1.rpc.runtime.workloads`: list the workloads of a runtime host. */
export class ListWorkloadsRequest extends ListWorkloadsQuery {
  /** Id of the integration. */
  @IsUUID()
  integrationId: string;
}
