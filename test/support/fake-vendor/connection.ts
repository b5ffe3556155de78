import { randomUUID } from 'node:crypto';
import {
  createTokenCache,
  EgressClient,
  type IntegrationConfig,
  type ProviderDeps,
  Secret,
} from '@integrations/provider-kit';

/** The arguments for opening a plugin, and how often it resolved its credential. */
export interface FakeConnection<C extends object> {
  readonly integration: IntegrationConfig<C>;
  readonly deps: ProviderDeps;
  /** Change `secret` to renew it in its store. With a `replacement`, it changes once the plugin has it forgotten. */
  readonly credential: { resolved: number; forgotten: number; secret: string; replacement?: string };
  /** Advances the clock. */
  advance(ms: number): void;
}

export interface ConnectionOptions<C extends object> {
  readonly endpoint: string;
  readonly config: C;
  /** Null if the integration names no credential. */
  readonly secret: string | null;
  /** Further origins that the plugin may call. */
  readonly origins?: readonly string[];
}

/** A connection through `egress`, which the caller owns and closes. */
export function connectTo<C extends object>(
  egress: EgressClient,
  { endpoint, config, secret, origins }: ConnectionOptions<C>,
): FakeConnection<C> {
  const credential: FakeConnection<C>['credential'] = { resolved: 0, forgotten: 0, secret: secret ?? '' };
  let ahead = 0;
  const clock = { now: () => Date.now() + ahead };
  return {
    integration: { integrationId: randomUUID(), tenantId: 'default', endpoint, config },
    credential,
    advance: (ms) => void (ahead += ms),
    deps: {
      egress: egress.bind({ endpoint, ...(origins ? { allowedOrigins: origins } : {}) }),
      tokens: createTokenCache(clock),
      clock,
      credential: {
        present: secret !== null,
        resolve: async () => {
          credential.resolved += 1;
          return new Secret(credential.secret);
        },
        forget: () => {
          credential.forgotten += 1;
          credential.secret = credential.replacement ?? credential.secret;
        },
      },
    },
  };
}

/** An egress client that reaches only this machine. */
export function loopbackEgress(): EgressClient {
  return new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'integrations-test' });
}
