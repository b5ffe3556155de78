import type { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import type {
  ConnectorPlugin,
  Heartbeats,
  InlineCommentsRequest,
  PullRequestRef,
  RunsQuery,
} from '@integrations/provider-kit';
import type { Fault } from './faults';

/** A vendor that does its job, on 127.0.0.1. The suite puts its own proxy in front to make it misbehave. */
export interface FakeVendor {
  /** Base URL of its API. */
  readonly url: string;
  /**
   * How many comments, inline ones too, statuses and check runs it shows: what a duplicate would make one more of. Of statuses of one
   * context and check runs of one name, vendors show the newest: these count as one.
   */
  stored(): number;
  /** Tokens that it has given out since it started; they must show nowhere. */
  secrets(): readonly string[];
  /** Back to the state right after start, except for `secrets`. */
  reset(): void;
  stop(): Promise<void>;
}

/** A provider that talks to its vendor over the network. */
export interface WireVendor {
  start(): Promise<FakeVendor>;
}

/** A provider without a network, such as `in_memory`: its config plays the faults. */
export interface OfflineVendor {
  readonly faults: Partial<Readonly<Record<Fault, Record<string, unknown>>>>;
  /** What the plugin last made by `createPlugin` holds. */
  stored(): number;
  /** Of a provider that is told by heartbeats how its vendor is. */
  readonly heartbeats?: Heartbeats;
}

/** One complete request for each capability that the plugin declares, and for what its session has beside them. */
export interface SampleRequests {
  readonly comment?: ScmCommentRequest;
  readonly status?: ScmStatusRequest;
  readonly check_run?: ScmCheckRunRequest;
  /** Two remarks or more, on lines that the vendor takes comments on. */
  readonly inline_comments?: InlineCommentsRequest;
  readonly pull_request?: PullRequestRef;
  /** An image that is there; whoever serves images says which. */
  readonly image?: SampleImage;
  /** What of two runs or more is listed; whoever lists runs says which. */
  readonly runs?: Partial<Pick<RunsQuery, 'pipeline' | 'repository'>>;
}

export interface SampleImage {
  readonly repository: string;
  /** A tag. */
  readonly reference: string;
  /** What it stands for, if the vendor is honest. */
  readonly digest: string;
}

/** What a provider declares to be tested. */
export interface ConformanceSubject {
  /** A new plugin, with nothing remembered. */
  readonly createPlugin: () => ConnectorPlugin;
  /** A config that is accepted and works with the vendor. */
  readonly config: Record<string, unknown>;
  /** What stands in the config beside it once the vendor listens: where else it is called, which is there as well. */
  readonly configAt?: (endpoint: string) => Record<string, unknown>;
  /** The secret behind `authRef`; null where the provider needs none. */
  readonly credential: string | null;
  readonly requests: SampleRequests;
  /** Faults that are no trouble at some request (`GET /path?query`): a 404 where a feature can be switched off. */
  readonly harmless?: readonly { readonly fault: Fault; readonly request: RegExp }[];
  readonly vendor: { readonly wire: WireVendor } | { readonly offline: OfflineVendor };
}
