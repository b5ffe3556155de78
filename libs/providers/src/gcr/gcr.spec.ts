import { generateKeyPairSync } from 'node:crypto';
import type { EgressClient } from '@integrations/provider-kit';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import {
  AUDIENCE,
  EMAIL,
  FakeGoogle,
  HOST,
  IMAGES,
  keyFile,
  LOCATION,
  PROJECT,
  READER,
  REPOSITORY,
  SUBJECT,
  TAG,
  workloadToken,
} from './__fixtures__/fake-google';
import { GcrConfig } from './config';
import { imagePrefix, parentName, repositoryOf } from './places';
import { createGcrPlugin } from './plugin';

const plugin = createGcrPlugin();
const { signal } = new AbortController();
const ALL = { limit: 100, cursor: null, q: null };
const OTHER = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;

describe('gcr', () => {
  let google: FakeGoogle;
  let egress: EgressClient;

  const connection = (secret = keyFile(), fields: Partial<GcrConfig> = {}) => {
    const endpoint = google.registry.url;
    const place = { project: PROJECT, repository: IMAGES, location: LOCATION, googleApis: endpoint };
    return connectTo(egress, { endpoint, config: Object.assign(new GcrConfig(), place, fields), secret });
  };
  const test = (secret?: string, fields?: Partial<GcrConfig>) => {
    const { integration, deps } = connection(secret, fields);
    return plugin.testConnection(integration, deps, signal);
  };

  beforeAll(() => {
    egress = loopbackEgress();
  });
  beforeEach(async () => {
    google = await FakeGoogle.start();
  });
  afterEach(() => google.registry.close());
  afterAll(() => egress.close());

  it.each([
    ['https://europe-west1-docker.pkg.dev', 'acme-prod', 'images', 'europe-west1', 'acme-prod/images/'],
    ['https://us-docker.pkg.dev', 'example.com:acme', 'images', 'us', 'example.com/acme/images/'],
    ['https://us-docker.pkg.dev', 'example.com:acme', undefined, 'us', 'example.com/acme/'],
    ['https://gcr.io', 'acme-prod', 'gcr.io', 'us', 'acme-prod/'],
    ['https://eu.gcr.io', 'acme-prod', undefined, 'europe', 'acme-prod/'],
  ])('knows where the images of %s are', (endpoint, project, repository, location, prefix) => {
    const config = Object.assign(new GcrConfig(), { project, ...(repository ? { repository } : {}) });
    const integration = { integrationId: 'i', tenantId: 'default', endpoint, config };
    expect(parentName(integration)).toBe(`projects/${project}/locations/${location}`);
    expect(repositoryOf(integration)).toBe(repository ?? (location === 'europe' ? 'eu.gcr.io' : undefined));
    expect(imagePrefix(integration)).toBe(prefix);
    expect(plugin.serves!(integration)).toEqual([`${new URL(endpoint).host}/${prefix.slice(0, -1)}`]);
    expect(plugin.origins!(integration)).toEqual([
      'https://oauth2.googleapis.com',
      'https://artifactregistry.googleapis.com',
    ]);
  });

  it('requires a location if the host name does not contain one', async () => {
    const { integration, deps } = connection();
    Object.assign(integration.config, { location: undefined });
    const message = expect.stringContaining('config.location');
    expect(await plugin.testConnection(integration, deps, signal)).toMatchObject({ code: 'config_invalid', message });
  });

  it.each([[{}], [{ canary: `${REPOSITORY}:stable` }]])(
    'passes on the warnings of the registry, in tests and checks: %j',
    async (fields) => {
      google.registry.headers = { warning: '299 - "Moving soon"' };
      for (const method of ['testConnection', 'checkHealth'] as const) {
        const { integration, deps } = connection(keyFile(), fields);
        const { warnings } = await plugin[method](integration, deps, signal);
        expect(warnings).toContain('The registry warns: Moving soon');
      }
    },
  );

  describe('with the key of a service account', () => {
    it('reports its e-mail address, and the permissions that IAM returns', async () => {
      expect(await test(keyFile(), { canary: `${REPOSITORY}:stable` })).toMatchObject({
        ...{ code: 'ok', principal: { id: EMAIL, kind: 'service_account' } },
        permissions: { granted: READER, missing: [], excess: [], how: 'introspection' },
        capabilities: ['repositories', 'tags', 'digest', 'referrers'],
      });
    });

    it('has an excess permission if it may upload', async () => {
      const upload = 'artifactregistry.repositories.uploadArtifacts';
      google.permissions = [...READER, upload];
      expect(await test()).toMatchObject({ code: 'ok', permissions: { excess: [upload] } });
    });

    it('can list without permission to pull', async () => {
      google.permissions = READER.slice(1);
      google.registry.repository(REPOSITORY);
      const { integration, deps } = connection();
      expect((await plugin.open(integration, deps).discovery!.repositories!(ALL, signal)).items).toHaveLength(3);
      await expect(plugin.open(integration, deps).registry!.listTags(REPOSITORY, ALL, signal)).rejects.toMatchObject({
        code: 'permission_missing',
      });
    });

    it('reports permissions that IAM does not grant as missing', async () => {
      google.permissions = READER.slice(0, 1);
      expect(await test()).toMatchObject({
        ...{ status: 'degraded', code: 'scope_insufficient', capabilities: ['tags', 'digest', 'referrers'] },
        permissions: { missing: ['artifactregistry.packages.list'] },
      });
    });

    it.each([
      ['is deleted', keyFile(OTHER), /key of the service account is deleted or disabled/],
      ['belongs to a deleted account', keyFile(undefined, 'gone@acme-prod.iam.gserviceaccount.com'), /is deleted/],
      ['is not a service account key', '{"type":"authorized_user"}', /not a service account key/],
    ])('reports that the key %s', async (_what, secret, message) => {
      expect(await test(secret)).toMatchObject({
        ...{ code: 'credential_invalid', message: expect.stringMatching(message) },
      });
    });

    it('reports that our clock is wrong', async () => {
      const { integration, deps, advance } = connection();
      advance(-7_200_000);
      expect(await plugin.testConnection(integration, deps, signal)).toMatchObject({ code: 'clock_skew' });
    });

    it.each([
      ['SERVICE_DISABLED', 'not enabled in the project'],
      ['SECURITY_POLICY_VIOLATED', 'perimeter of VPC Service Controls'],
    ])('reports that everyone is refused in the project (%s)', async (reason, why) => {
      google.refusal = reason;
      const message = expect.stringContaining(why);
      expect(await test()).toMatchObject({ code: 'scope_insufficient', message });
    });

    it('gets a new access token when Google no longer accepts the old one', async () => {
      const { integration, deps } = connection();
      const list = () => plugin.open(integration, deps).discovery!.repositories!(ALL, signal);
      await list();
      google.revoke();
      expect((await list()).items).toHaveLength(3);
      expect(google.registry.requests.filter(({ path }) => path === '/token')).toHaveLength(2);
    });
  });

  it.each(['/v2/token', `/v2/${REPOSITORY}/manifests/${TAG}`])(
    'reports a project that was not migrated from Container Registry, at %s',
    async (at) => {
      const body = 'Container Registry is deprecated and shutting down, please use the auto migration tool to migrate';
      google.registry.faults.inject({
        ...{ when: ({ path }) => path === at, processed: false, times: 2 },
        reply: { status: 412, headers: { 'content-type': 'text/html' }, body },
      });
      const { integration, deps } = connection(undefined, { canary: `${REPOSITORY}:${TAG}` });
      const message = 'Container Registry is shut down: migrate the project to Artifact Registry';
      const verdict = await plugin.checkHealth(integration, deps, signal);
      expect(verdict).toMatchObject({ code: 'not_found_or_hidden', message });
    },
  );

  describe('as a workload', () => {
    const federated = { secretKind: 'federated_token', audience: AUDIENCE } as const;

    it('reports the subject of its token', async () => {
      const verdict = await test(workloadToken(), federated);
      expect(verdict).toMatchObject({ code: 'ok', principal: { id: SUBJECT, kind: 'workload' } });
    });

    it('acts as a service account', async () => {
      const verdict = await test(workloadToken(), { ...federated, serviceAccount: EMAIL });
      expect(verdict).toMatchObject({ code: 'ok', principal: { id: EMAIL, kind: 'service_account' } });
      const { path } = google.registry.requests.find((request) => request.path.endsWith(':generateAccessToken'))!;
      expect(path).toContain(EMAIL);
    });

    it('reports a token for another provider than the configured one', async () => {
      const verdict = await test(workloadToken(), { ...federated, audience: `${AUDIENCE}-2` });
      expect(verdict).toMatchObject({ code: 'config_invalid', message: expect.stringContaining('config.audience') });
    });

    it('reports an expired token, also one that has become too old before its expiry', async () => {
      expect(await test(workloadToken(-60), federated)).toMatchObject({ code: 'credential_expired' });
      google.isTokenStale = true;
      expect(await test(workloadToken(), federated)).toMatchObject({ code: 'credential_expired' });
    });

    it('is refused with a token that its cluster did not sign', async () => {
      expect(await test(workloadToken(60, OTHER), federated)).toMatchObject({ code: 'credential_invalid' });
    });
  });

  describe('with an access token', () => {
    const given = { secretKind: 'access_token' } as const;

    it.each([
      ['the number of its account', HOST, { id: HOST, kind: 'service_account' }],
      ['the address of its account', EMAIL, { id: EMAIL, kind: 'service_account' }],
      ['the address of a person', 'ada@example.com', { id: 'ada@example.com', kind: 'user' }],
      ['no account if Google does not know it', SUBJECT, undefined],
    ])('reports %s', async (_what, identity, principal) => {
      const verdict = await test(google.issue(identity), given);
      expect(verdict).toMatchObject({ code: 'ok', permissions: { missing: [] } });
      expect(verdict.principal).toEqual(principal);
    });

    it('acts as a service account', async () => {
      const verdict = await test(google.issue(HOST), { ...given, serviceAccount: EMAIL });
      expect(verdict).toMatchObject({ code: 'ok', principal: { id: EMAIL, kind: 'service_account' } });
      expect([...google.issued.values()]).toEqual([HOST, EMAIL]);
    });

    it('reads the next token from its store when Google no longer accepts the old one', async () => {
      const { integration, deps, credential } = connection(google.issue(HOST), { ...given });
      const { registry, discovery } = plugin.open(integration, deps);
      await discovery!.repositories!(ALL, signal);
      google.revoke();
      deps.credential.forget = () => void (credential.secret = google.issue(HOST));
      expect((await discovery!.repositories!(ALL, signal)).items).toHaveLength(3);
      expect((await registry!.listTags(REPOSITORY, ALL, signal)).items).toMatchObject([{ name: 'stable' }]);
    });

    it.each([
      ["at Google's hosts", 'https://europe-west1-docker.pkg.dev', {}, 'gcp'],
      ['at the hosts of Container Registry', 'https://eu.gcr.io', {}, 'gcp'],
      ['not at a gateway', 'https://europe-west1-docker.pkg.dev.evil.example', { location: 'us' }, null],
      ['not if the APIs are at another host', 'https://eu.gcr.io', { googleApis: 'https://evil.example' }, null],
      ['not for another kind of secret', 'https://eu.gcr.io', { secretKind: 'federated_token' as const }, null],
    ])('may be our own identity %s: %s', (_what, endpoint, fields, cloud) => {
      const config = Object.assign(new GcrConfig(), { project: PROJECT }, given, fields);
      expect(plugin.identityAt!({ integrationId: 'i', tenantId: 'default', endpoint, config })).toBe(cloud);
    });
  });

  describe('for a whole project', () => {
    const whole = { repository: undefined } as unknown as Partial<GcrConfig>;

    beforeEach(() => {
      google.repositories = [
        { name: 'jars', format: 'MAVEN' },
        { name: IMAGES, format: 'DOCKER' },
        { name: 'empty', format: 'DOCKER' },
        { name: 'tools', format: 'DOCKER' },
      ];
      google.registry.repository(`${PROJECT}/tools/cli`).push('1.0');
    });

    it('lists the images of one Docker repository after the other, and skips other formats', async () => {
      const { integration, deps } = connection(keyFile(), whole);
      const names: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await plugin.open(integration, deps).discovery!.repositories!(
          { ...ALL, limit: 2, cursor },
          signal,
        );
        names.push(...page.items.map(({ owner, name }) => `${owner}/${name}`));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(names).toEqual(
        ['images/app', 'images/team/tools', 'images/base', 'tools/cli'].map((n) => `${PROJECT}/${n}`),
      );
    });

    it("proves permissions at the canary's repository, or else at the first", async () => {
      const asked = () =>
        google.registry.requests.filter(({ path }) => path.endsWith(':testIamPermissions')).at(-1)?.path;
      expect(await test(keyFile(), whole)).toMatchObject({ code: 'ok', permissions: { missing: [] } });
      expect(asked()).toContain(`/repositories/${IMAGES}:`);
      expect(await test(keyFile(), { ...whole, canary: `${PROJECT}/tools/cli:1.0` })).toMatchObject({ code: 'ok' });
      expect(asked()).toContain('/repositories/tools:');
    });

    it('reports that there is no Docker repository', async () => {
      google.repositories = google.repositories.slice(0, 1);
      const warnings = [expect.stringContaining('no repository of images')];
      expect(await test(keyFile(), whole)).toMatchObject({ code: 'ok', warnings });
    });
  });

  it('lists the images page by page, with nested names', async () => {
    const { integration, deps } = connection();
    const list = (cursor: string | null) =>
      plugin.open(integration, deps).discovery!.repositories!({ limit: 2, cursor, q: null }, signal);
    const first = await list(null);
    const second = await list(first.nextCursor);
    expect(second.nextCursor).toBeNull();
    expect([...first.items, ...second.items]).toMatchObject([
      { owner: 'acme-prod/images', name: 'app' },
      { owner: 'acme-prod/images/team', name: 'tools' },
      { owner: 'acme-prod/images', name: 'base' },
    ]);
  });
});
