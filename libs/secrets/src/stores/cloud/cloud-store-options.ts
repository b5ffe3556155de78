import type { Clock, EgressClient } from '@integrations/provider-kit';
import type { CloudIdentity } from './held-credential';

/** What each store in a cloud takes, whose identity gives a `T`. */
export interface CloudStoreOptions<T> {
  /** What comes before the path of a reference; with `{tenant}` in it, see `tenantName`. */
  readonly prefix: string;
  /** Reaches what the operator named; never the client of the tenants' integrations. */
  readonly egress: Pick<EgressClient, 'bind'>;
  readonly clock: Clock;
  /** Told each token of ours for the cloud: feeds the log scrubber. */
  readonly hide: (token: string) => void;
  /** Instead of that of the process. */
  readonly identity?: CloudIdentity<T>;
  /** Milliseconds for one read. */
  readonly timeoutMs?: number;
}
