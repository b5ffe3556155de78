import { EgressClient, type EgressClientOptions } from '../../egress/egress-client';
import { createTokenCache } from '../../token-cache';
import { ChallengeAuthorizer, type ChallengeAuthorizerOptions } from '../challenge-authorizer';
import type { Credential } from '../../credentials/credential';
import { OciRegistry } from '../oci-registry';

export const USER = 'release-bot';
export const PASSWORD = 'a-password-0123456789';

export interface ClientOptions extends Partial<Pick<ChallengeAuthorizerOptions, 'realmOrigins' | 'isRefusal'>> {
  /** What the store returns: the next one each time the current one is forgotten; it keeps the last one. */
  readonly credentials?: readonly (Credential | null)[];
  readonly clock?: { now(): number };
  readonly tagActions?: readonly string[];
  readonly mayLeave?: boolean;
  readonly caBundle?: string;
  readonly egress?: Partial<EgressClientOptions>;
}

/** A client of the registry at `endpoint`, with empty caches. */
export function clientOf(endpoint: string, options: ClientOptions = {}) {
  const clock = options.clock ?? { now: () => Date.now() };
  const egressClient = new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'test', ...options.egress });
  const egress = egressClient.bind({
    ...{ endpoint, allowedOrigins: options.realmOrigins ?? [] },
    ...(options.caBundle ? { caBundle: options.caBundle } : {}),
  });
  const given = [...(options.credentials ?? [{ kind: 'basic', username: USER, password: PASSWORD } as const])];
  const credentials = {
    get: async () => given[0]!,
    forget: () => void (given.length > 1 && given.shift()),
  };
  const common = { endpoint, product: 'The registry', deps: { egress, tokens: createTokenCache(clock), clock } };
  const authorizer = new ChallengeAuthorizer({ ...common, ...options, credentials });
  const registry = new OciRegistry({
    ...common,
    authorizer,
    ...(options.tagActions ? { tagActions: options.tagActions } : {}),
    mayLeave: options.mayLeave ?? false,
  });
  const close = () => egressClient.close();
  return { registry, authorizer, close, [Symbol.asyncDispose]: close };
}

export const ALL = { limit: 100, cursor: null, q: null } as const;

export function live(): AbortSignal {
  return AbortSignal.timeout(60_000);
}
