import type { ProbeVerdict } from '@integrations/contracts';
import { type IntegrationConfig, type Probe, type ProviderDeps, runProbe } from '@integrations/provider-kit';
import type { ClusterApi } from './cluster-api';
import type { ClusterConfig } from './cluster-config';
import { proveRights, type Right } from './rights';
import { enterCluster, explained, identify } from './stages';

export interface ClusterTest {
  readonly open: (deps: ProviderDeps) => {
    readonly api: ClusterApi;
    /** Null stands for all of them. */
    readonly namespaces: readonly (string | null)[];
  };
  /** The rights needed in each namespace. */
  readonly rights: readonly Right[];
  /** Checks what else must exist, after the caller has been identified. */
  readonly find?: (probe: Probe, api: ClusterApi) => Promise<void>;
}

/** A deep test: the cluster's readiness, the caller's identity, and its rights in each namespace. Reads only. */
export function testCluster(
  integration: IntegrationConfig<ClusterConfig>,
  deps: ProviderDeps,
  { open, rights, find }: ClusterTest,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let client: ReturnType<ClusterTest['open']>;
  return runProbe({
    ...{ deps, signal, requireCredential: false },
    stages: {
      credential: (probe) => {
        client = open(probe.deps);
        return explained(probe, integration, () => enterCluster(probe, client.api, integration));
      },
      identity: (probe) =>
        explained(probe, integration, async () => {
          await identify(probe, client.api, integration);
          await find?.(probe, client.api);
        }),
      permissions: (probe) =>
        explained(probe, integration, () => proveRights(probe, client.api, rights, client.namespaces)),
    },
  });
}
