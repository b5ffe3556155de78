import type { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import type {
  ConnectorPlugin,
  Heartbeats,
  InlineCommentsRequest,
  PullRequestRef,
  RunsQuery,
} from '@integrations/provider-kit';
import type { Fault } from './faults';

/** A correct fake vendor on 127.0.0.1. The suite puts its own proxy in front to make it misbehave. */
export interface FakeVendor {
  /** Base URL of its API. */
  readonly url: string;
  /**
   * How many comments (including inline comments), statuses and check runs the vendor shows; a duplicate adds one. Statuses
   * of one context, and check runs of one name, count as one, because vendors show only the newest.
   */
  stored(): number;
  /** Tokens that the vendor has issued since it started. They must not appear anywhere. */
  secrets(): readonly string[];
  /** Restores the state right after the start, except for `secrets`. */
  reset(): void;
  stop(): Promise<void>;
}

/** A provider that talks to its vendor over the network. */
export interface WireVendor {
  start(): Promise<FakeVendor>;
}

/** A provider without a network, such as `in_memory`: its config simulates the faults. */
export interface OfflineVendor {
  readonly faults: Partial<Readonly<Record<Fault, Record<string, unknown>>>>;
  /** How much the plugin last created by `createPlugin` stores. */
  stored(): number;
  /** Present for a provider that learns its vendor's state from heartbeats. */
  readonly heartbeats?: Heartbeats;
}

/** One complete request for each declared capability, and for each further part of the session. */
export interface SampleRequests {
  readonly comment?: ScmCommentRequest;
  readonly status?: ScmStatusRequest;
  readonly check_run?: ScmCheckRunRequest;
  /** Two or more remarks, on lines on which the vendor accepts comments. */
  readonly inline_comments?: InlineCommentsRequest;
  readonly pull_request?: PullRequestRef;
  /** An existing image; required for a provider that serves images. */
  readonly image?: SampleImage;
  /** Selects a list with two or more runs; required for a provider that lists runs. */
  readonly runs?: Partial<Pick<RunsQuery, 'pipeline' | 'repository'>>;
}

export interface SampleImage {
  readonly repository: string;
  /** A tag. */
  readonly reference: string;
  /** The digest to which the tag resolves at a correct vendor. */
  readonly digest: string;
}

/** Describes a provider to the conformance suite. */
export interface ConformanceSubject {
  /** Creates a new plugin, with nothing cached. */
  readonly createPlugin: () => ConnectorPlugin;
  /** A config that is accepted and works with the vendor. */
  readonly config: Record<string, unknown>;
  /** Further config, known once the vendor listens: other addresses that the plugin calls, served by the same fake. */
  readonly configAt?: (endpoint: string) => Record<string, unknown>;
  /** The secret behind `authRef`; null if the provider needs none. */
  readonly credential: string | null;
  readonly requests: SampleRequests;
  /** Faults that are harmless at some request (`GET /path?query`), such as a 404 for a feature that can be switched off. */
  readonly harmless?: readonly { readonly fault: Fault; readonly request: RegExp }[];
  readonly vendor: { readonly wire: WireVendor } | { readonly offline: OfflineVendor };
}
