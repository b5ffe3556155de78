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

  const lendTo = (...tenants: string[]) => {
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
    lendTo('acme', 'platform');
  });

  afterEach(async () => {
    process.env = { ...environment };
    await cloud[Symbol.asyncDispose]();
  });

  it("returns the access token of Google's metadata server, without an expiry", async () => {
    const secret = await read('gcp', 'gcp');
    expect([secret.reveal(), secret.version, secret.expiresAt]).toEqual(['gcp-1', null, null]);
    expect(hidden).toEqual(['gcp-1']);
  });

  it('returns the token of an Azure managed identity for container registries', async () => {
    jest.resetModules(); // the SDK keeps the first endpoint that it found until the process ends
    expect((await read('azure', 'azure')).reveal()).toBe('azure-1');
    expect(hidden).toEqual(['azure-1']);
  });

  describe('for AWS', () => {
    const keys = async () => JSON.parse((await read('aws', 'aws')).reveal()) as object;
    const host = { accessKeyId: 'ASIAHOST', secretAccessKey: 'key-of-the-host', sessionToken: 'aws-1' };

    it('returns the keys of the instance role', async () => {
      expect(await keys()).toEqual(host);
      expect(hidden).toEqual(['key-of-the-host', 'aws-1']);
    });

    it('returns the keys of the pod or task identity', async () => {
      process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = `${cloud.origin}/v1/credentials`;
      process.env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] = 'token-of-the-pod';
      expect(await keys()).toEqual(host);
      expect(cloud.calls.map(({ url }) => url.pathname)).toEqual(['/v1/credentials']);
    });

    it("returns the keys of the service account's role, with the token in its file", async () => {
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
    ['a tenant that AMBIENT_IDENTITY does not name', 'gcp', 'gcp', 'other', 'denied', /AMBIENT_IDENTITY does not lend/],
    ['an integration at an address outside the cloud', 'gcp', undefined, 'acme', 'denied', /used for gcp only/],
    ['an integration at another cloud', 'aws', 'gcp', 'acme', 'denied', /used for aws only/],
    ['a reference to an unknown cloud', 'oracle', 'gcp', 'acme', 'not_found', /authref:\/\/ambient\/aws/],
    ['a reference to a field', 'aws#secretAccessKey', 'aws', 'acme', 'not_found', /ambient\/aws/],
    ['a version', 'aws?version=1', 'aws', 'acme', 'denied', /versions/],
  ] as const)('refuses %s without a call to the cloud', async (_what, path, at, tenantId, code, message) => {
    await expect(read(path, at, tenantId)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(cloud.calls).toEqual([]);
  });

  it('lends the identity to no tenant by default, and to all for *', async () => {
    lendTo();
    await expect(read('gcp', 'gcp')).rejects.toMatchObject({ code: 'denied' });
    lendTo('*');
    expect((await read('gcp', 'gcp', 'anybody')).reveal()).toBe('gcp-1');
  });

  it('looks up the identity once a minute, however many tenants ask', async () => {
    const both = await Promise.all([read('gcp', 'gcp'), read('gcp', 'gcp', 'platform')]);
    ahead = MINUTE - 5_000;
    expect([...both, await read('gcp', 'gcp')].map((secret) => secret.reveal())).toEqual(['gcp-1', 'gcp-1', 'gcp-1']);
    ahead = MINUTE + 5_000;
    expect((await read('gcp', 'gcp')).reveal()).toBe('gcp-2');
  });

  it('is unavailable while the host has no identity, and hides the message of the SDK', async () => {
    metadata.isDown = true;
    await expect(read('aws', 'aws')).rejects.toMatchObject({
      ...{ code: 'unavailable', message: expect.stringMatching(/^no credentials available for this store/) },
    });
  });
});
