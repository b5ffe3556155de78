import { type FakeCloud, loopbackEgress } from '../cloud/__fixtures__/fake-cloud';
import { failureOf, read, textOf } from '../cloud/__fixtures__/reading';
import { FakeSecretsManager, fault } from './__fixtures__/fake-secrets-manager';
import { AwsStore } from './aws-store';

const ID_1 = '11111111-1111-4111-8111-111111111111';
const ID_2 = '22222222-2222-4222-8222-222222222222';
const REGION = 'eu-central-1';
const egress = loopbackEgress();

describe('AwsStore', () => {
  const environment = { ...process.env };
  const hidden: string[] = [];
  let aws: FakeSecretsManager;
  let cloud: FakeCloud;
  let store: AwsStore;

  beforeEach(async () => {
    aws = new FakeSecretsManager(REGION);
    cloud = await aws.start();
    aws.keys.set('AKIDEXAMPLE', { secretAccessKey: 'aws-secret-1' });
    aws.secrets.set('integrations/acme/github/key', [
      { VersionId: ID_1, VersionStages: ['AWSPREVIOUS'], SecretString: 'old\n' },
      { VersionId: ID_2, VersionStages: ['AWSCURRENT'], SecretString: '{"pem":"tok-123","id":7}' },
    ]);
    aws.secrets.set('integrations/other/token', [
      { VersionId: ID_1, VersionStages: ['AWSCURRENT'], SecretString: 'o' },
    ]);
    signIn('AKIDEXAMPLE', 'aws-secret-1');
    hidden.length = 0;
    store = newStore();
  });

  afterEach(async () => {
    process.env = { ...environment };
    await cloud[Symbol.asyncDispose]();
  });

  afterAll(() => egress.close());

  function newStore(region = REGION): AwsStore {
    const hide = (text: string) => void hidden.push(text);
    const clock = { now: () => Date.now() };
    return new AwsStore({ region, endpoint: cloud.origin, prefix: 'integrations/{tenant}/', egress, clock, hide });
  }

  /** Signs in by environment variables, where the SDK looks first. */
  function signIn(id: string, secret: string, sessionToken?: string): void {
    delete process.env['AWS_PROFILE'];
    process.env['AWS_ACCESS_KEY_ID'] = id;
    process.env['AWS_SECRET_ACCESS_KEY'] = secret;
    if (sessionToken) process.env['AWS_SESSION_TOKEN'] = sessionToken;
    else delete process.env['AWS_SESSION_TOKEN'];
  }

  it('reads the current version with a signature that AWS accepts, and picks a field', async () => {
    const secret = await read(store, 'github/key#pem');
    expect(secret.reveal()).toBe('tok-123');
    expect(secret.version).toBe(ID_2);
    expect(secret.expiresAt).toBeNull();
    expect(store.isAvailable()).toEqual({ available: true });
    expect(hidden).toEqual(['aws-secret-1']);
  });

  it('reads a version by its id or by its label', async () => {
    expect((await read(store, 'github/key?version=AWSPREVIOUS')).version).toBe(ID_1);
    expect(await textOf(store, `github/key?version=${ID_1}`)).toBe('old');
    expect(await failureOf(store, 'github/key?version=AWSPENDING')).toEqual(['not_found', expect.any(String)]);
    expect(JSON.parse(cloud.calls.at(-1)?.body ?? '')).toEqual({
      SecretId: 'integrations/acme/github/key',
      VersionStage: 'AWSPENDING',
    });
  });

  it('reads binary secrets that hold UTF-8 text, and denies others', async () => {
    const binary = (bytes: Buffer) =>
      aws.secrets.set('integrations/acme/bin', [
        { VersionId: ID_1, VersionStages: ['AWSCURRENT'], SecretBinary: bytes.toString('base64') },
      ]);
    binary(Buffer.from('-----BEGIN é\n'));
    expect(await textOf(store, 'bin')).toBe('-----BEGIN é');
    binary(Buffer.from([0x61, 0xff]));
    expect(await failureOf(store, 'bin')).toEqual(['denied', 'the secret is not UTF-8 text']);
  });

  it('keeps the tenants apart', async () => {
    expect(await textOf(store, 'token', 'other')).toBe('o');
    expect(await failureOf(store, 'token')).toEqual(['not_found', expect.any(String)]);
    expect(await failureOf(store, 'integrations/other/token')).toEqual(['not_found', expect.any(String)]);
    expect(cloud.calls.at(-1)?.body).toContain('integrations/acme/integrations/other/token');
    expect(await failureOf(store, 'token', '../other')).toEqual(['denied', expect.any(String)]);
  });

  it('retries once with the new credentials of the process when the session has expired', async () => {
    aws.keys.set('ASIAOLD', { secretAccessKey: 'aws-secret-1', sessionToken: 'token-1' });
    signIn('ASIAOLD', 'aws-secret-1', 'token-1');
    await textOf(store, 'github/key');
    aws.keys.get('ASIAOLD')!.expired = true;
    aws.keys.set('ASIANEW', { secretAccessKey: 'aws-secret-2', sessionToken: 'token-2' });
    signIn('ASIANEW', 'aws-secret-2', 'token-2');
    expect(await textOf(store, 'github/key')).toContain('tok-123');
    expect(cloud.calls).toHaveLength(3);
    expect(hidden).toEqual(['aws-secret-1', 'token-1', 'aws-secret-2', 'token-2']);
  });

  it.each([
    ['an unknown access key', 'AKIDSTRANGER', 'aws-secret-1', 'UnrecognizedClientException'],
    ['a wrong secret key', 'AKIDEXAMPLE', 'aws-secret-wrong', 'InvalidSignatureException'],
  ])('is unavailable after a second attempt with %s', async (_what, id, secret, reason) => {
    signIn(id, secret);
    expect(await failureOf(store, 'github/key')).toEqual(['unavailable', expect.stringContaining(reason)]);
    expect(cloud.calls).toHaveLength(2);
  });

  it('signs for its region', async () => {
    expect(await failureOf(newStore('us-east-1'), 'github/key')).toEqual([
      'unavailable',
      expect.stringContaining('IncompleteSignatureException'),
    ]);
  });

  it.each([
    ['AccessDeniedException', 400, 'denied'],
    ['DecryptionFailure', 400, 'denied'],
    ['ResourceNotFoundException', 400, 'not_found'],
    ['InvalidRequestException', 400, 'not_found'],
    ['com.amazonaws.secretsmanager#ResourceNotFoundException', 400, 'not_found'],
    ['ThrottlingException', 400, 'unavailable'],
    ['InternalServiceError', 500, 'unavailable'],
    ['ServiceUnavailable', 503, 'unavailable'],
    ['RequestExpired', 400, 'unavailable'],
    ['SomethingNew', 400, 'denied'],
    ['SomethingNew', 429, 'unavailable'],
  ])('maps %s with HTTP %d to %s', async (type, status, code) => {
    aws.override = fault(type, status);
    expect(await failureOf(store, 'github/key')).toEqual([code, expect.stringContaining(type.replace(/^.*#/, ''))]);
  });

  it.each([
    'Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z (20260101T001500Z - 5 min.)',
    'Signature not yet current: 20260101T001500Z is still later than 20260101T000500Z (20260101T000000Z + 5 min.)',
  ])('blames our clock for "%s"', async (message) => {
    aws.override = { status: 400, body: { __type: 'InvalidSignatureException', message } };
    expect(await failureOf(store, 'github/key')).toEqual([
      'unavailable',
      expect.stringContaining('our clock is wrong'),
    ]);
  });

  it('is denied what the policy forbids', async () => {
    aws.allowed = /^integrations\/other\//;
    expect(await failureOf(store, 'github/key')).toEqual(['denied', expect.stringContaining('AccessDenied')]);
  });

  it('is unavailable while the process has no credentials', async () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nowhere' });
    expect(await failureOf(store, 'github/key')).toEqual([
      'unavailable',
      'no credentials available for this store (CredentialsProviderError)',
    ]);
    expect(cloud.calls).toEqual([]);
  });

  it('calls the public endpoint of the region by default', async () => {
    const urls: string[] = [];
    const bind = ({ endpoint }: { endpoint: string }) => {
      urls.push(endpoint);
      return egress.bind({ endpoint });
    };
    for (const region of ['eu-central-1', 'cn-north-1']) {
      const clock = { now: () => 0 };
      void new AwsStore({ region, prefix: '{tenant}/', egress: { bind }, clock, hide: () => undefined });
    }
    expect(urls).toEqual([
      'https://secretsmanager.eu-central-1.amazonaws.com',
      'https://secretsmanager.cn-north-1.amazonaws.com.cn',
    ]);
  });
});
