import type { Clock, EgressClient } from '@integrations/provider-kit';
import type { CloudIdentity } from './held-credential';

/** The options of all cloud stores. `T` is the credential that the identity yields. */
export interface CloudStoreOptions<T> {
  /** Prefix of a reference's path, containing `{tenant}`; see `tenantName`. */
  readonly prefix: string;
  /** Reaches addresses that the operator configured. Never the egress client of the tenants' integrations. */
  readonly egress: Pick<EgressClient, 'bind'>;
  readonly clock: Clock;
  /** Called with each token of ours for the cloud; feeds the log scrubber. */
  readonly hide: (token: string) => void;
  /** Replaces the identity of the process. */
  readonly identity?: CloudIdentity<T>;
  /** Milliseconds for one read. */
  readonly timeoutMs?: number;
}
