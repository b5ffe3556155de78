import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeCloud, loopbackEgress, ScriptedIdentity } from '../cloud/__fixtures__/fake-cloud';
import { failureOf, read, textOf } from '../cloud/__fixtures__/reading';
import { FakeSecretManager, gcpError } from './__fixtures__/fake-secret-manager';
import { GcpStore, type GcpStoreOptions } from './gcp-store';

const egress = loopbackEgress();
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('GcpStore', () => {
  let gcp: FakeSecretManager;
  let cloud: FakeCloud;
  let store: GcpStore;
  let hidden: string[];

  beforeEach(async () => {
    gcp = new FakeSecretManager('my-project');
    cloud = await gcp.start();
    gcp.tokens.add('token-1');
    gcp.secrets.set('integrations-acme--token', [
      { number: 1, data: base64('old') },
      { number: 2 },
      { number: 3, data: base64('{"pem":"tok-123"}') },
    ]);
    gcp.secrets.set('integrations-other--token', [{ number: 1, data: base64('o\n') }]);
    hidden = [];
    store = newStore({ identity: new ScriptedIdentity(['token-1']) });
  });

  afterEach(() => cloud[Symbol.asyncDispose]());
  afterAll(() => egress.close());

  function newStore(options: Partial<GcpStoreOptions>): GcpStore {
    const place = { project: 'my-project', endpoint: cloud.origin, prefix: 'integrations-{tenant}--' };
    const hide = (token: string) => void hidden.push(token);
    return new GcpStore({ ...place, egress, clock: { now: () => Date.now() }, hide, ...options });
  }

  it('reads the latest version with a bearer token, returns its number, and picks a field', async () => {
    const secret = await read(store, 'token#pem');
    expect(secret.reveal()).toBe('tok-123');
    expect(secret.version).toBe('3');
    expect(await textOf(store, 'token', 'other')).toBe('o');
  });

  it('reads a version by its number, and finds no secret if the version is destroyed or missing', async () => {
    expect((await read(store, 'token?version=1')).version).toBe('1');
    expect(await failureOf(store, 'token?version=2')).toEqual(['not_found', expect.stringContaining('PRECONDITION')]);
    expect(await failureOf(store, 'token?version=9')).toEqual(['not_found', expect.stringContaining('NOT_FOUND')]);
  });

  it('finds no secret in an empty version', async () => {
    gcp.secrets.set('integrations-acme--empty', [{ number: 1, data: '' }]);
    expect(await failureOf(store, 'empty')).toEqual(['not_found', 'the secret is empty']);
  });

  it.each([
    'a/b',
    'token.pem',
    'a@b',
    'a=b',
    'x'.repeat(250),
    'token?version=..',
    'token?version=1.2',
    'token?version=0',
  ])('does not call Google for %s, which cannot be a name or version there', async (ref) => {
    expect(await failureOf(store, ref)).toEqual(['not_found', expect.any(String)]);
    expect(cloud.calls).toEqual([]);
  });

  it("denies a tenant whose secret names could be another tenant's", async () => {
    gcp.secrets.set('integrations-a--b--token', [{ number: 1, data: base64('of a or of a--b') }]);
    expect(await failureOf(store, 'token', 'a--b')).toEqual(['denied', expect.any(String)]);
    expect(cloud.calls).toEqual([]);
  });

  it('retries a refused token once, with a new one', async () => {
    store = newStore({ identity: new ScriptedIdentity(['token-expired', 'token-1']) });
    expect(await textOf(store, 'token')).toContain('tok-123');
    expect(cloud.calls).toHaveLength(2);
    gcp.tokens.clear();
    expect(await failureOf(store, 'token')).toEqual(['unavailable', expect.stringContaining('UNAUTHENTICATED')]);
    expect(cloud.calls).toHaveLength(3);
  });

  it.each([
    [403, 'PERMISSION_DENIED', 'denied'],
    [404, 'NOT_FOUND', 'not_found'],
    [400, 'INVALID_ARGUMENT', 'denied'],
    [429, 'RESOURCE_EXHAUSTED', 'unavailable'],
    [500, 'INTERNAL', 'unavailable'],
    [503, 'UNAVAILABLE', 'unavailable'],
  ])('maps HTTP %d %s to %s', async (status, reason, code) => {
    gcp.override = gcpError(status, reason);
    expect(await failureOf(store, 'token')).toEqual([code, expect.stringContaining(reason)]);
  });

  it.each(['SECURITY_POLICY_VIOLATED', 'SERVICE_DISABLED'])(
    'counts as unavailable while Google refuses the whole project (%s)',
    async (reason) => {
      const other = { '@type': 'type.googleapis.com/google.rpc.PreconditionFailure', violations: [] };
      const details = [
        other,
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' },
      ];
      gcp.override = gcpError(403, 'PERMISSION_DENIED', details);
      expect(await failureOf(store, 'token')).toEqual(['unavailable', expect.stringContaining(reason)]);
    },
  );

  it('quotes no reason that is not a code, as it could contain a token', async () => {
    gcp.override = gcpError(403, 'token-1 is not allowed');
    expect(await failureOf(store, 'token')).toEqual(['unavailable', expect.not.stringContaining('token-1')]);
  });

  it('is denied what IAM forbids', async () => {
    gcp.allowed = /^integrations-other--/;
    expect(await failureOf(store, 'token')).toEqual(['denied', expect.stringContaining('PERMISSION_DENIED')]);
  });

  describe('with the identity that google-auth-library finds', () => {
    let dir: string;
    const { GOOGLE_APPLICATION_CREDENTIALS: before } = process.env;

    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), 'gcp-'));
      writeFileSync(join(dir, 'subject'), 'subject-of-the-workload');
      // Workload identity federation is the only kind of credential whose file names the token service.
      const federation = {
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `${cloud.origin}/sts/v1/token`,
        credential_source: { file: join(dir, 'subject') },
      };
      writeFileSync(join(dir, 'credentials.json'), JSON.stringify(federation));
      process.env['GOOGLE_APPLICATION_CREDENTIALS'] = join(dir, 'credentials.json');
      store = newStore({});
    });

    afterEach(() => {
      rmSync(dir, { recursive: true });
      if (before === undefined) delete process.env['GOOGLE_APPLICATION_CREDENTIALS'];
      else process.env['GOOGLE_APPLICATION_CREDENTIALS'] = before;
    });

    it("exchanges the workload's token once, and again when Google refuses the access token", async () => {
      gcp.nextToken = 'token-1';
      await textOf(store, 'token');
      await textOf(store, 'token');
      expect(exchanges()).toBe(1);
      gcp.tokens.delete('token-1');
      gcp.tokens.add('token-2');
      gcp.nextToken = 'token-2';
      expect(await textOf(store, 'token')).toContain('tok-123');
      expect(exchanges()).toBe(2);
      expect(hidden).toEqual(['token-1', 'token-2']);
    });

    it('is unavailable when the exchange fails, and reveals no secret', async () => {
      writeFileSync(join(dir, 'subject'), 'token-9');
      expect(await failureOf(store, 'token')).toEqual(['unavailable', expect.stringContaining('no credentials')]);
    });

    const exchanges = () => cloud.calls.filter(({ url }) => url.pathname === '/sts/v1/token').length;
  });
});
