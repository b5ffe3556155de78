import { randomBytes } from 'node:crypto';
import { FakeRegistry } from '../../../../../test/support/fake-registry';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';
import { FakeEntra, TENANT } from './fake-entra';

export const REPOSITORY = 'team/app';
export const TAG = 'stable';
export const OBJECT_ID = '99999999-8888-7777-6666-555555555555';
export const SCOPED_TOKEN = 'ci-reader';
export const ADMIN = 'acme';
export const PASSWORD = 'a-password-0123456789-abcdefghij';

/** The rights of the accounts, and how the registry behaves. */
export interface AcrWorld {
  /** Rights of the application, as listed in its refresh tokens; null: it has no role at the registry. */
  roles: readonly string[] | null;
  /** What everyone may do with a repository. */
  actions: readonly string[];
  hasCatalog: boolean;
  isFirewalled: boolean;
}

export interface FakeAcr {
  readonly registry: FakeRegistry;
  readonly entra: FakeEntra;
  readonly world: AcrWorld;
  /** The issued refresh tokens. */
  readonly refreshTokens: string[];
}

/** A registry and the Entra ID that it trusts, on one port. As at ACR, only tokens state their lifetime and rights. */
export async function startAcr(): Promise<FakeAcr> {
  const world: AcrWorld = {
    ...{ roles: ['read'], actions: ['pull', 'metadata_read'] },
    ...{ hasCatalog: true, isFirewalled: false },
  };
  const users: Record<string, string> = { [SCOPED_TOKEN]: PASSWORD, [ADMIN]: PASSWORD, '127': PASSWORD };
  const entra = new FakeEntra();
  const refreshTokens: string[] = [];
  const registry = await FakeRegistry.start({
    ...{ auth: 'token', tokenPath: '/oauth2/token', tagAction: 'metadata_read', users },
    grants: (_user, type) => (type === 'registry' ? (world.hasCatalog ? ['*'] : []) : world.actions),
    api: (request, url, raw) => {
      const { path } = request;
      if (path.endsWith('/oauth2/v2.0/token')) return entra.issue(path, raw);
      if (world.isFirewalled) throw firewalled();
      if (path === '/oauth2/token') {
        return { status: 200, body: { access_token: registry.access.exchange(request, url, raw).token } };
      }
      if (path !== '/oauth2/exchange') return null;
      users[OBJECT_ID] = exchange(request, raw, entra, world);
      refreshTokens.push(users[OBJECT_ID]);
      return { status: 200, body: { refresh_token: users[OBJECT_ID] } } satisfies Answer;
    },
  });
  for (const name of [REPOSITORY, 'team/tools', 'alpine']) registry.repository(name).push(TAG);
  registry.repository(REPOSITORY).push('1.0');
  return { registry, entra, world, refreshTokens };
}

function exchange({ headers }: LoggedRequest, raw: string, entra: FakeEntra, { roles }: AcrWorld): string {
  const form = new URLSearchParams(raw);
  const isOurs = form.get('service') === headers['host'] && form.get('tenant') === TENANT;
  const isKnown = entra.issued.includes(form.get('access_token') ?? '');
  if (form.get('grant_type') !== 'access_token' || !isOurs || !isKnown || !roles) {
    throw new HttpAnswer(401, { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] });
  }
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(Date.now() / 1_000);
  const permissions = { actions: roles, notActions: null };
  const claims = { sub: OBJECT_ID, iat, exp: iat + 10_800, grant_type: 'refresh_token', tenant: TENANT, permissions };
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${randomBytes(32).toString('base64url')}`;
}

function firewalled(): HttpAnswer {
  const message =
    "client with IP '192.0.2.1' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.";
  return new HttpAnswer(403, { errors: [{ code: 'DENIED', message }] });
}
