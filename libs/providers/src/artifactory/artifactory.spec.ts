import type { EgressClient } from '@integrations/provider-kit';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { type FakeArtifactory, SECRET, startArtifactory, USER } from './__fixtures__/fake-artifactory';
import { servedBy } from './client';
import { ArtifactoryConfig } from './config';
import { createArtifactoryPlugin } from './plugin';

const plugin = createArtifactoryPlugin();
const { signal } = new AbortController();
const DAY_S = 86_400;

describe('artifactory', () => {
  let artifactory: FakeArtifactory;
  let egress: EgressClient;

  const connection = (fields: Partial<ArtifactoryConfig> = { username: USER }, secret = SECRET) => {
    const config = Object.assign(new ArtifactoryConfig(), fields);
    return connectTo(egress, { endpoint: artifactory.registry.url, config, secret });
  };
  const test = (fields?: Partial<ArtifactoryConfig>, secret?: string) => {
    const { integration, deps } = connection(fields, secret);
    return plugin.testConnection(integration, deps, signal);
  };
  const check = (fields?: Partial<ArtifactoryConfig>, secret?: string) => {
    const { integration, deps } = connection(fields, secret);
    return plugin.checkHealth(integration, deps, signal);
  };
  const list = async (fields: Partial<ArtifactoryConfig> = {}) => {
    const { integration, deps } = connection({ username: USER, ...fields });
    const query = { limit: 100, cursor: null, q: null };
    return (await plugin.open(integration, deps).discovery!.repositories!(query, signal)).items;
  };

  beforeAll(() => {
    egress = loopbackEgress();
  });
  beforeEach(async () => {
    artifactory = await startArtifactory();
  });
  afterEach(() => artifactory.registry.close());
  afterAll(() => egress.close());

  it.each([
    ['https://acme.jfrog.io', 'acme.jfrog.io'],
    ['https://docker.art.example:8443', 'docker.art.example:8443'],
    ['https://acme.jfrog.io/artifactory/api/docker/docker-local', 'acme.jfrog.io/docker-local'],
    ['https://acme.jfrog.io/artifactory/api/oci/oci-local', 'acme.jfrog.io/oci-local'],
  ])('serves from %s the images of %s', (endpoint, place) => {
    expect(servedBy(endpoint)).toBe(place);
  });

  it('lists with the current password from its store after the previous one is refused', async () => {
    const { integration, deps, credential } = connection({ username: USER }, 'revoked');
    const renewed = { ...deps.credential, forget: () => void (credential.secret = SECRET) };
    const { discovery } = plugin.open(integration, { ...deps, credential: renewed });
    const { items } = await discovery!.repositories!({ limit: 1, cursor: null, q: null }, signal);
    expect(items).toHaveLength(1);
  });

  it('reports version, user and permissions', async () => {
    expect(await test({ username: USER, canary: 'docker-local/app:stable' })).toMatchObject({
      ...{ status: 'healthy', code: 'ok', principal: { id: USER, kind: 'user' }, warnings: [] },
      server: { product: 'Artifactory', version: '7.111.4' },
      permissions: { granted: ['Read'], how: 'observed' },
    });
  });

  it('accepts an access token without a user name, and reports its owner and expiry', async () => {
    const exp = Math.floor(Date.now() / 1_000) + 3 * DAY_S + 3_600;
    const token = tokenOf({ sub: 'jfac@01abc/users/ci-reader', exp });
    artifactory.state.tokens.push(token);
    expect(await test({}, token)).toMatchObject({
      ...{ code: 'ok', principal: { id: 'ci-reader', kind: 'token' } },
      credential: { expiresAt: new Date(exp * 1_000).toISOString() },
      warnings: ['The token expires in 3 days', expect.stringContaining('is not proven')],
    });
  });

  it('does not send an expired token', async () => {
    const token = tokenOf({ exp: Math.floor(Date.now() / 1_000) - DAY_S });
    expect(await check({}, token)).toMatchObject({ code: 'credential_expired' });
    expect(artifactory.registry.requests).toEqual([]);
  });

  it('reports a wrong password, after one attempt', async () => {
    expect(await test({ username: USER }, 'wrong')).toMatchObject({ code: 'credential_invalid' });
    expect(artifactory.registry.requests).toHaveLength(1);
  });

  it('uses a password that was changed in its store', async () => {
    const { integration, deps, credential } = connection({ username: USER }, 'old');
    const forget = deps.credential.forget;
    Object.assign(deps.credential, { forget: () => (forget(), (credential.secret = SECRET)) });
    expect(await plugin.checkHealth(integration, deps, signal)).toMatchObject({ code: 'ok' });
  });

  it('is degraded if the service that checks credentials is unhealthy', async () => {
    artifactory.state.unhealthy.push('jfac', 'jfob');
    expect(await check()).toMatchObject({
      ...{ code: 'server_degraded', message: 'Artifactory reports that it is unhealthy: jfac' },
      warnings: ['Artifactory reports that its service jfob is not healthy'],
    });
  });

  it('is healthy if only a service that images do not need is unhealthy', async () => {
    artifactory.state.unhealthy.push('jfob');
    expect(await check()).toMatchObject({ status: 'healthy', warnings: [expect.stringContaining('jfob')] });
  });

  it('does not need a router', async () => {
    artifactory.state.hasRouter = false;
    expect(await check({ username: USER, canary: 'docker-local/app:stable' })).toMatchObject({ status: 'healthy' });
  });

  it('recognises that something else answers', async () => {
    const reply = { status: 200, body: 'OK' };
    artifactory.registry.faults.inject({ when: () => true, times: 2, processed: false, reply });
    expect(await check()).toMatchObject({ code: 'not_this_product' });
  });

  it('lists the images of all Docker and OCI repositories, also with malformed paths in their Link headers', async () => {
    expect(await list()).toMatchObject([
      { owner: 'docker-local', name: 'app' },
      { owner: 'docker-local/team', name: 'tools' },
      { owner: 'docker-local', name: 'web' },
      { owner: 'docker-remote', name: 'alpine' },
      { owner: 'oci-local', name: 'probe' },
    ]);
  });

  it('lists only Docker repositories if Artifactory does not know OCI repositories', async () => {
    artifactory.state.hasOci = false;
    expect((await list()).map(({ owner }) => owner)).not.toContain('oci-local');
  });

  it('skips repositories whose catalog is closed, unless all are closed or one is requested', async () => {
    artifactory.state.closed.push('docker-local');
    expect((await list()).map(({ name }) => name)).toEqual(['alpine', 'probe']);
    await expect(list({ repository: 'docker-local' })).rejects.toMatchObject({ code: 'permission_missing' });
    artifactory.state.closed.push('docker-remote', 'docker-empty', 'oci-local');
    await expect(list()).rejects.toMatchObject({ code: 'permission_missing' });
  });

  it('lists names without the repository key if the endpoint is a single Docker repository', async () => {
    const { integration, deps } = connection({ username: USER, addressing: 'host' });
    const endpoint = `${integration.endpoint}/artifactory/api/docker/docker-local`;
    const query = { limit: 100, cursor: null, q: null };
    const { discovery } = plugin.open({ ...integration, endpoint }, deps);
    expect((await discovery!.repositories!(query, signal)).items).toMatchObject([
      ...[{ owner: '', name: 'app' }, { owner: 'team', name: 'tools' }, { name: 'web' }],
    ]);
  });

  it('lists the images of a single configured repository', async () => {
    expect(await list({ repository: 'docker-remote' })).toMatchObject([{ owner: 'docker-remote', name: 'alpine' }]);
    expect(await list({ repository: 'oci-local' })).toMatchObject([{ owner: 'oci-local', name: 'probe' }]);
  });

  it('lists the images of a single repository also without permission to list repositories', async () => {
    const when = ({ path }: { path: string }) => path === '/artifactory/api/repositories';
    const reply = { status: 403, body: '{"errors":[{"status":403,"message":"not for you"}]}' };
    artifactory.registry.faults.inject({ when, times: 9, processed: false, reply });
    expect(await list({ repository: 'docker-remote' })).toMatchObject([{ owner: 'docker-remote', name: 'alpine' }]);
    await expect(list()).rejects.toMatchObject({ code: 'permission_missing' });
  });
});

function tokenOf(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}
