import { randomUUID } from 'node:crypto';
import {
  createTokenCache,
  EgressClient,
  type IntegrationConfig,
  type ProviderDeps,
  Secret,
} from '@integrations/provider-kit';

/** What a plugin is opened with, and how often it asked for its credential. */
export interface FakeConnection<C extends object> {
  readonly integration: IntegrationConfig<C>;
  readonly deps: ProviderDeps;
  /** `secret` may be changed, as when it is renewed in its store; with a `replacement` it is, once it is forgotten. */
  readonly credential: { resolved: number; forgotten: number; secret: string; replacement?: string };
  /** Sets the clock ahead. */
  advance(ms: number): void;
}

export interface ConnectionOptions<C extends object> {
  readonly endpoint: string;
  readonly config: C;
  /** Null: the integration names none. */
  readonly secret: string | null;
  /** Further origins that may be called. */
  readonly origins?: readonly string[];
}

/** A connection through `egress`, which is the caller's, who closes it. */
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

/** Reaches what listens on this machine, and nothing else. */
export function loopbackEgress(): EgressClient {
  return new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'integrations-test' });
}
