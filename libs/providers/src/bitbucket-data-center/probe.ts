import type { ProbeVerdict } from '@integrations/contracts';
import {
  type IntegrationConfig,
  type Probe,
  ProbeFailure,
  type ProviderDeps,
  rateLimitQuota,
  recognise,
  runProbe,
} from '@integrations/provider-kit';
import { BitbucketClient } from './client';
import type { BitbucketDataCenterConfig } from './config';
import { permissionsOf } from './permissions';
import { isSince } from './version';

/** Older versions show another diff of a pull request than the one that comments are anchored in. */
const OLDEST = '7.0';
const OTHER_PRODUCT =
  'This address does not serve Bitbucket Data Center. Use its base URL with the context path, such as https://git.example.com/bitbucket';

type Integration = IntegrationConfig<BitbucketDataCenterConfig>;

/** A deep test: the instance's version, our account, and whether there is a repository to write to. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      ...identify(integration),
      permissions: async (probe) => {
        const client = new BitbucketClient(integration, probe.deps);
        probe.note({ permissions: await permissionsOf(client, probe.signal) });
      },
    },
  });
}

/** A cheap check: one call, whose answer names the account. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: identify(integration),
  });
}

/** Bitbucket reports its version even to anonymous callers, but refuses a wrong token on that call too. */
function identify(integration: Integration) {
  let client: BitbucketClient;
  return {
    credential: async (probe: Probe) => {
      client = new BitbucketClient(integration, probe.deps);
      const { version, headers } = await recognise(client.properties(probe.signal), OTHER_PRODUCT);
      // If rate limiting is on: how many requests the user's bucket holds.
      probe.note({
        server: { product: 'Bitbucket Data Center', version },
        ...rateLimitQuota(headers, 'x-ratelimit-'),
      });
      if (isSince(version, OLDEST)) return;
      probe.note({
        warnings: [`Bitbucket ${version} is older than ${OLDEST}, the oldest version supported here`],
      });
    },
    identity: async (probe: Probe) => {
      const self = await client.self(probe.signal);
      if (self) return probe.note({ principal: { id: self.name, kind: 'user' } });
      const message = 'Bitbucket answers, but treats us as anonymous: does a proxy remove the Authorization header?';
      throw new ProbeFailure('anonymous_only', message);
    },
  };
}
