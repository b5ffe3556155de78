import type { EgressClient } from '@integrations/provider-kit';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  connect,
  PROJECT,
  startAcme,
  TENANT,
  TOKEN,
} from '../../../../test/support/fake-azure-devops/connection';
import { type FakeAzureDevOps, PERMISSIONS } from '../../../../test/support/fake-azure-devops/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { AzureDevOpsConfig } from '../vendors/azure-devops/config';
import { checkHealth, testConnection } from './probe';

const { signal } = new AbortController();

describe('The probe of Azure DevOps', () => {
  let azure: FakeAzureDevOps;
  let egress: EgressClient;

  const run = (probe: typeof testConnection, fields: Partial<AzureDevOpsConfig> = {}, secret = TOKEN) => {
    const config = Object.assign(new AzureDevOpsConfig(), fields);
    const { integration, deps } = connect(azure, egress, { config, secret });
    return probe(integration, deps, signal);
  };
  const asked = () => azure.requests.map(({ method, path }) => `${method} ${path.split('/').slice(0, 3).join('/')}`);

  beforeAll(async () => {
    egress = loopbackEgress();
    azure = await startAcme();
  });
  afterEach(() => {
    expect(azure.violations).toEqual([]);
    azure.reset();
  });
  afterAll(async () => {
    await egress.close();
    await azure.stop();
  });

  it("proves the account's permissions in a test, with reads only", async () => {
    const required = ['GenericRead', 'GenericContribute', 'PullRequestContribute'];
    expect(await run(testConnection)).toMatchObject({
      ...{ status: 'healthy', code: 'ok', server: { product: 'Azure DevOps Services' } },
      principal: { id: 'scanner@acme.example', kind: 'user' },
      permissions: { required, granted: required, missing: [], how: 'introspection' },
      capabilities: ['comment', 'status', 'check_run', 'repositories'],
      warnings: [expect.stringContaining('reports neither the scopes')],
    });
    expect(asked()).toEqual([
      ...['GET /_apis/connectionData', 'GET /_apis/projects'],
      ...['GET /_apis/permissions', 'GET /_apis/permissions', 'GET /_apis/permissions'],
    ]);
  });

  it('makes one request in a health check', async () => {
    expect(await run(checkHealth)).toMatchObject({ status: 'healthy', warnings: [] });
    expect(asked()).toEqual(['GET /_apis/connectionData']);
  });

  it('reports the remaining rate limit if Azure DevOps returns it', async () => {
    azure.headers = { 'x-ratelimit-limit': '200', 'x-ratelimit-remaining': '12', 'x-ratelimit-reset': '1800000000' };
    const quota = { limit: 200, remaining: 12, resetAt: '2027-01-15T08:00:00.000Z' };
    expect(await run(checkHealth)).toMatchObject({ status: 'healthy', quota });
  });

  it('ignores a reset time beyond the calendar', async () => {
    azure.headers = { 'x-ratelimit-limit': '200', 'x-ratelimit-remaining': '12', 'x-ratelimit-reset': '1e18' };
    expect(await run(checkHealth)).toMatchObject({ status: 'healthy', quota: { limit: 200, remaining: 12 } });
  });

  it('recognises a service principal', async () => {
    const config = { credentialKind: 'service_principal', entraTenantId: TENANT, clientId: CLIENT_ID } as const;
    expect(await run(testConnection, config, CLIENT_SECRET)).toMatchObject({
      ...{ status: 'healthy', warnings: [] },
      principal: { id: CLIENT_ID, kind: 'service_principal' },
    });
    azure.principal.isExpired = true;
    expect(await run(checkHealth, config, CLIENT_SECRET)).toMatchObject({ code: 'credential_expired' });
  });

  it.each([
    ['tenant', { entraTenantId: CLIENT_ID }, 'check config.entraTenantId (AADSTS90002)'],
    ['application', { clientId: TENANT }, 'check config.clientId (AADSTS700016)'],
  ])('takes an unknown %s for an error in the configuration, as ACR does', async (_, wrong, message) => {
    const named = { credentialKind: 'service_principal', entraTenantId: TENANT, clientId: CLIENT_ID } as const;
    expect(await run(checkHealth, { ...named, ...wrong }, CLIENT_SECRET)).toMatchObject({
      ...{ code: 'config_invalid', message: expect.stringContaining(message) },
    });
  });

  it('reports the version of a server', async () => {
    Object.assign(azure.world, { deploymentType: 'onPremises', apiVersion: '7.0' });
    expect(await run(testConnection, { apiVersion: '7.0' })).toMatchObject({
      server: { product: 'Azure DevOps Server', version: '2022, API 7.0' },
    });
    expect(await run(testConnection)).toMatchObject({ status: 'unhealthy', code: 'config_invalid' });
  });

  it('reports permissions that are missing everywhere, and warns of those missing in some projects', async () => {
    azure.world.project('Docs').permissions = PERMISSIONS.GenericRead;
    expect(await run(testConnection)).toMatchObject({
      ...{ status: 'healthy', warnings: [expect.stringContaining('In 1 of the first 2 projects'), {}] },
    });
    azure.world.project(PROJECT).permissions = PERMISSIONS.GenericRead;
    expect(await run(testConnection)).toMatchObject({
      ...{ status: 'degraded', code: 'scope_insufficient', capabilities: ['repositories'] },
      permissions: { granted: ['GenericRead'], missing: ['GenericContribute', 'PullRequestContribute'] },
    });
    azure.world.project(PROJECT).permissions |= PERMISSIONS.PullRequestContribute;
    expect(await run(testConnection)).toMatchObject({ status: 'degraded', capabilities: ['comment', 'repositories'] });
    azure.world.projects.length = 0;
    expect(await run(testConnection)).toMatchObject({
      ...{ status: 'unhealthy', code: 'scope_insufficient', capabilities: [] },
      warnings: ['The account sees no project', {}],
    });
  });

  it('recognises a token whose scopes do not let it see projects', async () => {
    azure.token.scopes = ['vso.threads_full'];
    expect(await run(testConnection)).toMatchObject({ status: 'unhealthy', code: 'scope_insufficient' });
  });

  describe.each([
    ['test', testConnection],
    ['health check', checkHealth],
  ])('in a %s', (_, probe) => {
    it('tells expired, wrong and anonymous credentials apart', async () => {
      expect(await run(probe, {}, 'wrong-0123456789')).toMatchObject({ code: 'credential_invalid' });
      azure.token.isExpired = true;
      expect(await run(probe)).toMatchObject({ status: 'unhealthy', code: 'credential_expired' });
      azure.token.isExpired = false;
      azure.world.isAnonymous = true;
      expect(await run(probe)).toMatchObject({ status: 'unhealthy', code: 'anonymous_only' });
    });

    it.each([
      ['a page', { status: 200, body: '<html>Welcome</html>' }],
      ['JSON of something else', { status: 200, body: '{"status":"UP"}' }],
      ['a 404', { status: 404, body: '404 page not found' }],
    ])('recognises that something else answers: %s', async (_what, reply) => {
      azure.inject({ when: () => true, processed: false, reply });

      expect(await run(probe)).toMatchObject({ status: 'unhealthy', code: 'not_this_product' });
    });
  });
});
