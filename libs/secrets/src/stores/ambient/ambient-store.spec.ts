import type { Cloud } from '@integrations/provider-kit';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAuthRef } from '../../auth-ref/auth-ref';
import type { FakeCloud } from '../cloud/__fixtures__/fake-cloud';
import { FakeMetadata } from './__fixtures__/fake-metadata';
import { AmbientStore } from './ambient-store';

const MINUTE = 60_000;
/** Environment variables that could send an SDK to another endpoint or identity than the spec sets up. */
const AMBIENT = /^(AWS|AZURE|GOOGLE|GCE|GCLOUD|IDENTITY|METADATA)_/;

describe('AmbientStore', () => {
  const environment = { ...process.env };
  let metadata: FakeMetadata;
  let cloud: FakeCloud;
  let store: AmbientStore;
  let hidden: string[];
  let ahead: number;

  const lend = (...tenants: string[]) => {
    const clock = { now: () => Date.now() + ahead };
    store = new AmbientStore({ tenants, clock, hide: (text) => void hidden.push(text) });
  };
  const read = (path: string, identityAt?: Cloud, tenantId = 'acme') =>
    store.read({ tenantId, ref: parseAuthRef(`authref://ambient/${path}`), identityAt }, AbortSignal.timeout(60_000));

  beforeEach(async () => {
    metadata = new FakeMetadata();
    cloud = await metadata.start();
    hidden = [];
    ahead = 0;
    for (const name of Object.keys(process.env)) if (AMBIENT.test(name)) delete process.env[name];
    const host = new URL(cloud.origin).host;
    Object.assign(process.env, {
      ...{ HOME: '/nowhere', AWS_REGION: 'eu-central-1', AWS_EC2_METADATA_SERVICE_ENDPOINT: cloud.origin },
      ...{ GCE_METADATA_HOST: host, METADATA_SERVER_DETECTION: 'assume-present' },
      ...{ AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential', IDENTITY_HEADER: 'header-of-the-app' },
      IDENTITY_ENDPOINT: `${cloud.origin}/msi/token`,
    });
    lend('acme', 'platform');
  });

  afterEach(async () => {
    process.env = { ...environment };
    await cloud[Symbol.asyncDispose]();
  });

  it('gives the access token of the metadata server of Google, and says of no end', async () => {
    const secret = await read('gcp', 'gcp');
    expect([secret.reveal(), secret.version, secret.expiresAt]).toEqual(['gcp-1', null, null]);
    expect(hidden).toEqual(['gcp-1']);
  });

  it('gives a token of a managed identity of Azure for container registries', async () => {
    jest.resetModules(); // the SDK keeps the first endpoint that it found until the process ends
    expect((await read('azure', 'azure')).reveal()).toBe('azure-1');
    expect(hidden).toEqual(['azure-1']);
  });

  describe('at AWS', () => {
    const keys = async () => JSON.parse((await read('aws', 'aws')).reveal()) as object;
    const host = { accessKeyId: 'ASIAHOST', secretAccessKey: 'key-of-the-host', sessionToken: 'aws-1' };

    it('gives the keys of the role of the instance', async () => {
      expect(await keys()).toEqual(host);
      expect(hidden).toEqual(['key-of-the-host', 'aws-1']);
    });

    it('gives those of the identity of the pod or task', async () => {
      process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = `${cloud.origin}/v1/credentials`;
      process.env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] = 'token-of-the-pod';
      expect(await keys()).toEqual(host);
      expect(cloud.calls.map(({ url }) => url.pathname)).toEqual(['/v1/credentials']);
    });

    it('gives those of the role of the service account, by the token in its file', async () => {
      const dir = mkdtempSync(join(tmpdir(), 'irsa-'));
      writeFileSync(join(dir, 'token'), 'token-of-the-workload');
      Object.assign(process.env, {
        AWS_WEB_IDENTITY_TOKEN_FILE: join(dir, 'token'),
        ...{ AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/worker', AWS_ENDPOINT_URL_STS: cloud.origin },
      });
      expect(await keys()).toEqual(host);
      rmSync(dir, { recursive: true });
    });
  });

  it.each([
    ['a tenant that is not named', 'gcp', 'gcp', 'other', 'denied', /AMBIENT_IDENTITY does not lend/],
    ['an integration that names other addresses', 'gcp', undefined, 'acme', 'denied', /shown to gcp only/],
    ['an integration of another cloud', 'aws', 'gcp', 'acme', 'denied', /shown to aws only/],
    ['a reference to no cloud', 'oracle', 'gcp', 'acme', 'not_found', /authref:\/\/ambient\/aws/],
    ['a reference to a field', 'aws#secretAccessKey', 'aws', 'acme', 'not_found', /ambient\/aws/],
    ['a version', 'aws?version=1', 'aws', 'acme', 'denied', /versions/],
  ] as const)('asks nobody for %s', async (_what, path, at, tenantId, code, message) => {
    await expect(read(path, at, tenantId)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(cloud.calls).toEqual([]);
  });

  it('lends to nobody unless told, and to everybody if told so', async () => {
    lend();
    await expect(read('gcp', 'gcp')).rejects.toMatchObject({ code: 'denied' });
    lend('*');
    expect((await read('gcp', 'gcp', 'anybody')).reveal()).toBe('gcp-1');
  });

  it('looks once a minute however many tenants ask, and anew then', async () => {
    const both = await Promise.all([read('gcp', 'gcp'), read('gcp', 'gcp', 'platform')]);
    ahead = MINUTE - 5_000;
    expect([...both, await read('gcp', 'gcp')].map((secret) => secret.reveal())).toEqual(['gcp-1', 'gcp-1', 'gcp-1']);
    ahead = MINUTE + 5_000;
    expect((await read('gcp', 'gcp')).reveal()).toBe('gcp-2');
  });

  it('is unavailable, and tells nothing of the SDK, while the host has no identity', async () => {
    metadata.isDown = true;
    await expect(read('aws', 'aws')).rejects.toMatchObject({
      ...{ code: 'unavailable', message: expect.stringMatching(/^no credentials available for this store/) },
    });
  });
});
