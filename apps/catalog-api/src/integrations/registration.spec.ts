import type { IntegrationRow } from '@integrations/database';
import type { ConnectorPlugin } from '@integrations/provider-kit';
import { createOwnProviders, ProviderRegistry } from '@integrations/providers';
import { IsString } from 'class-validator';
import { processorTime } from '../../../../test/support/processor-time';
import { readChanges } from './changes';
import { readRegistration } from './registration';

class ForgeConfig {
  @IsString()
  group: string;
}

/** A self-hosted vendor, without default endpoint, that requires a credential. */
const forge = {
  contractVersion: 1,
  provider: 'forge',
  type: 'scm',
  displayName: 'Forge',
  capabilities: [],
  requiredScopes: [],
  defaultEndpoint: null,
  credential: { required: true, description: 'An access token.' },
  config: ForgeConfig,
  isAvailable: () => ({ available: true }),
} as unknown as ConnectorPlugin;

const registry = new ProviderRegistry([...createOwnProviders(), forge]);
const request = { name: 'Forge', type: 'scm', provider: 'forge', config: { group: 'a' } };

const NOW = new Date('2026-06-01T12:00:00Z');

const row: IntegrationRow = {
  id: '01920000-0000-7000-8000-000000000001',
  tenantId: 'acme',
  name: 'Forge',
  description: null,
  type: 'scm',
  provider: 'forge',
  endpoint: 'https://forge.example.com',
  authRef: 'authref://file/forge/token',
  config: { group: 'a' },
  tags: [],
  enabled: true,
  posting: 'online',
  intervalSeconds: 60,
  maintenanceUntil: null,
  maintenanceReason: null,
  generation: 1,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  deletedAt: null,
};

describe('readRegistration', () => {
  it('reports everything that the provider requires and the request lacks, at once', () => {
    expect(readRegistration({ ...request, config: {} }, registry)).toEqual({
      ok: false,
      errors: [
        { field: 'config.group', message: expect.any(String) },
        { field: 'endpoint', message: 'is required: provider forge has no public address' },
        { field: 'authRef', message: 'is required by provider forge: An access token.' },
      ],
    });
  });

  it('stores the config as it was given, not as the plugin parses it', () => {
    const github = {
      name: 'x',
      type: 'scm',
      provider: 'github_app',
      authRef: 'authref://file/k',
      config: { appId: 12345 },
    };
    expect(readRegistration(github, registry)).toMatchObject({ ok: true, value: { config: { appId: 12345 } } });
  });

  it('accepts connection settings beside those of the plugin, and checks the references in them', () => {
    const complete = { ...request, endpoint: 'https://forge.example', authRef: 'authref://file/k' };
    const reached = (connection: object) =>
      readRegistration({ ...complete, config: { group: 'a', connection } }, registry);
    const connection = { clientCertRef: 'authref://file/cert', clientKeyRef: 'authref://file/key' };
    expect(reached(connection)).toMatchObject({ ok: true, value: { config: { group: 'a', connection } } });
    expect(reached({ ...connection, clientKeyRef: 'authref://file/../key' })).toEqual({
      ok: false,
      errors: [{ field: 'config.connection.clientKeyRef', message: 'the path must have no segment . or ..' }],
    });
    expect(reached({ clientCertRef: '-----BEGIN PRIVATE KEY-----' })).toMatchObject({
      ok: false,
      errors: [
        { field: 'config.connection.clientCertRef', message: expect.stringContaining('looks like a credential') },
      ],
    });
  });

  it('accepts a unix socket only for a provider that supports sockets', () => {
    const endpoint = 'unix:///var/run/forge.sock';
    const local = { ...forge, provider: 'local', unixSocket: true };
    const at = (provider: string) =>
      readRegistration(
        { ...request, provider, endpoint, authRef: 'authref://file/k' },
        new ProviderRegistry([forge, local]),
      );
    expect(at('local')).toMatchObject({ ok: true, value: { endpoint } });
    const message = 'must be an http or https URL: provider forge does not support unix sockets';
    expect(at('forge')).toEqual({ ok: false, errors: [{ field: 'endpoint', message }] });
  });

  it('lists the known providers when the provider is unknown', () => {
    const names = registry.descriptors().map(({ provider }) => provider);
    expect(readRegistration({ ...request, provider: 'gitlub' }, registry)).toEqual({
      ok: false,
      errors: [{ field: 'provider', message: `must be one of the loaded providers: ${names.sort().join(', ')}` }],
    });
  });
});

describe('a body designed to take long', () => {
  const MIB = 1_048_576;
  const filled = (text: string) => text.repeat(MIB / text.length);
  const many = (count: number, suffix: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, nth) => [`a${nth}${suffix}`, 'x']));

  it.each<[string, object]>([
    ['starts of JSON Web Tokens', { description: filled('-eyJ') }],
    ['halves of JSON Web Tokens', { description: filled('-eyJaaaaaaaa.') }],
    ['starts of PEM blocks', { description: filled('-----BEGIN ') }],
    ['an endless PEM header', { description: `-----BEGIN ${filled('A')}` }],
    ['starts of URLs', { description: filled('://a:') }],
    ['an endless password', { description: `://:${filled('a')}` }],
    ['host names', { endpoint: `http://${filled('a.')}` }],
    ['path segments', { authRef: `authref://${filled('a/')}` }],
    ['words', { name: filled('a ') }],
    ['tags', { tags: Array.from({ length: 150_000 }, (_, nth) => `t${nth}`) }],
    ['fields', many(90_000, '')],
    ['fields of config', { config: many(90_000, '') }],
    ['credentials', { config: many(60_000, 'token') }],
    ['an endless field name', { [filled('secret-')]: 1 }],
  ])('full of %s, is refused quickly and with at most 50 errors', (_what, wrong) => {
    const spent = processorTime();
    const read = readRegistration({ ...request, ...wrong }, registry);
    expect(spent()).toBeLessThan(5_000);
    expect(read.ok ? 0 : read.errors.length).toBeGreaterThan(0);
    expect(read.ok ? 0 : read.errors.length).toBeLessThanOrEqual(50);
  });
});

describe('readChanges', () => {
  it('returns only the fields that differ', () => {
    expect(
      readChanges({ name: 'Forge', tags: ['a'], healthCheck: { intervalSeconds: 10 } }, row, registry, NOW),
    ).toEqual({
      ok: true,
      value: { values: { tags: ['a'], intervalSeconds: 10 }, fields: ['tags', 'healthCheck'] },
    });
  });

  it.each(['endpoint', 'authRef'])('refuses to remove the %s that the provider needs', (field) => {
    expect(readChanges({ [field]: null }, row, registry, NOW)).toMatchObject({ ok: false, errors: [{ field }] });
  });

  it('refuses a config that is valid by itself but invalid once merged', () => {
    expect(readChanges({ config: { group: null } }, row, registry, NOW)).toMatchObject({
      ok: false,
      errors: [{ field: 'config.group' }],
    });
  });

  it('refuses changes that no plugin can check any more', () => {
    expect(readChanges({ name: 'x' }, { ...row, provider: 'removed' }, registry, NOW)).toMatchObject({
      ok: false,
      errors: [{ field: 'provider' }],
    });
  });

  it('leaves a past maintenance window alone, whatever else is changed', () => {
    const over = { ...row, maintenanceUntil: new Date('2026-05-01T00:00:00Z'), maintenanceReason: 'moved' };
    const changed = { ok: true, value: { values: { tags: ['a'] }, fields: ['tags'] } };
    expect(readChanges({ tags: ['a'] }, over, registry, NOW)).toEqual(changed);
    expect(readChanges({ tags: ['a'], maintenance: null }, over, registry, NOW)).toEqual(changed);
  });

  it('reports a change of maintenance under its own name, and its errors together with all others', () => {
    const until = '2026-06-01T14:00:00Z';
    expect(readChanges({ maintenance: { until, reason: 'moving' } }, row, registry, NOW)).toEqual({
      ok: true,
      value: { values: { maintenanceUntil: new Date(until), maintenanceReason: 'moving' }, fields: ['maintenance'] },
    });
    expect(readChanges({ endpoint: null, maintenance: { reason: 'moving' } }, row, registry, NOW)).toMatchObject({
      ok: false,
      errors: [{ field: 'endpoint' }, { field: 'maintenance.until' }],
    });
  });
});
