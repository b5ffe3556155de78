import { describeErrors, validate } from '@integrations/contracts';
import { EgressClient } from '@integrations/provider-kit';
import { connectTo, type FakeConnection } from '../../../../test/support/fake-vendor/connection';
import { ACCOUNT, fault, KEYS, REGION, ROLE, SECRET, WEB_IDENTITY } from '../vendors/aws/__fixtures__/fake-aws';
import { FakeEcr } from './__fixtures__/fake-ecr';
import { EcrConfig } from './config';
import { placesOf } from './places';
import { createEcrPlugin } from './plugin';

const plugin = createEcrPlugin();
const { signal } = new AbortController();
const CANARY = 'team/app:stable';
const WHOLE = { platform: null };

describe('ecr', () => {
  let ecr: FakeEcr;
  let egress: EgressClient;

  /** Connects by the registry's real name, which resolves to the fake. */
  const connect = (
    { host = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`, ...fields }: Partial<EcrConfig> & { host?: string } = {},
    secret: string | null = SECRET,
  ): FakeConnection<EcrConfig> => {
    const { url } = ecr.registry;
    const config = Object.assign(new EcrConfig(), { apiEndpoint: url, stsEndpoint: url, canary: CANARY }, fields);
    return connectTo(egress, { endpoint: `http://${host}:${new URL(url).port}`, config, secret, origins: [url] });
  };
  const test = ({ integration, deps }: FakeConnection<EcrConfig>) => plugin.testConnection(integration, deps, signal);
  const open = ({ integration, deps }: FakeConnection<EcrConfig>) => plugin.open(integration, deps);
  const resolve = (connection: FakeConnection<EcrConfig>) =>
    open(connection).registry!.resolveDigest('team/app', 'stable', WHOLE, signal);
  const tags = (connection: FakeConnection<EcrConfig>) =>
    open(connection).registry!.listTags('team/app', { limit: 10, cursor: null, q: null }, signal);

  beforeAll(() => {
    const resolveName = async () => [{ address: '127.0.0.1', family: 4 as const }];
    egress = new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'spec', resolve: resolveName });
  });
  beforeEach(async () => {
    ecr = await FakeEcr.start();
  });
  afterEach(() => ecr.registry.close());
  afterAll(() => egress.close());

  it.each([
    ['dkr.ecr.eu-central-1.amazonaws.com', 'api.ecr.eu-central-1.amazonaws.com', 'sts.eu-central-1.amazonaws.com'],
    ['dkr.ecr.cn-north-1.amazonaws.com.cn', 'api.ecr.cn-north-1.amazonaws.com.cn', 'sts.cn-north-1.amazonaws.com.cn'],
    ['dkr.ecr-fips.us-east-1.amazonaws.com', 'ecr-fips.us-east-1.amazonaws.com', 'sts-fips.us-east-1.amazonaws.com'],
    [
      'dkr.ecr-fips.us-gov-west-1.amazonaws.com',
      'ecr-fips.us-gov-west-1.amazonaws.com',
      'sts.us-gov-west-1.amazonaws.com',
    ],
    ['dkr-ecr.eu-west-1.on.aws', 'ecr.eu-west-1.api.aws', 'sts.eu-west-1.api.aws'],
    ['dkr-ecr-fips.us-east-1.on.aws', 'ecr-fips.us-east-1.api.aws', 'sts-fips.us-east-1.api.aws'],
    ['dkr.ecr.us-iso-east-1.c2s.ic.gov', 'api.ecr.us-iso-east-1.c2s.ic.gov', 'sts.us-iso-east-1.c2s.ic.gov'],
    ['dkr.ecr.eusc-de-east-1.amazonaws.eu', 'api.ecr.eusc-de-east-1.amazonaws.eu', 'sts.eusc-de-east-1.amazonaws.eu'],
  ])('finds the API and STS of %s', (host, api, sts) => {
    const places = placesOf(`https://${ACCOUNT}.${host}`, new EcrConfig());
    expect(places).toMatchObject({ account: ACCOUNT, api: `https://${api}`, sts: `https://${sts}` });
    expect(places.region).toBe(host.split('.').find((part) => /-\d$/.test(part)));
  });

  it.each(['https://111122223333.dkr.ecr.eu-central-1.amazonaws.com.evil.example', 'https://ecr.example'])(
    'derives no AWS host from %s',
    (endpoint) => {
      const { api, sts, account, region } = placesOf(endpoint, new EcrConfig());
      expect({ api, sts, account, region }).toEqual({ api: endpoint, sts: endpoint, account: null, region: null });
    },
  );

  it.each([
    ['at a registry of AWS', `https://${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`, {}, 'aws'],
    ['at the public registry', 'https://public.ecr.aws', {}, 'aws'],
    ['not at another host', `https://${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com.evil.example`, {}, null],
    ['not if the API is at another host', 'https://public.ecr.aws', { apiEndpoint: 'https://evil.example' }, null],
    ['not if STS is at another host', 'https://public.ecr.aws', { stsEndpoint: 'https://evil.example' }, null],
    ['not for another kind of secret', 'https://public.ecr.aws', { secretKind: 'web_identity_token' as const }, null],
  ])('may be our own identity %s: %s', (_what, endpoint, fields, cloud) => {
    const config = Object.assign(new EcrConfig(), fields);
    expect(plugin.identityAt!({ integrationId: 'i', tenantId: 'default', endpoint, config })).toBe(cloud);
  });

  it("reports the key's user and permissions", async () => {
    expect(await test(connect())).toMatchObject({
      ...{ status: 'healthy', code: 'ok', warnings: [], server: { product: 'Amazon ECR' } },
      principal: { id: `arn:aws:iam::${ACCOUNT}:user/ci`, kind: 'user' },
      permissions: { granted: ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage'], missing: [], how: 'observed' },
      capabilities: ['repositories', 'tags', 'digest', 'referrers'],
    });
  });

  it('leaves out lists that the key may not read, without a failure', async () => {
    ecr.denied.add('ecr:ListImages').add('ecr:DescribeRepositories');
    expect(await test(connect())).toMatchObject({ code: 'ok', capabilities: ['digest', 'referrers'] });
  });

  it('reports a missing permission to pull the canary', async () => {
    ecr.denied.add('pull team/app').add('ecr:ListImages');
    const permissions = { missing: ['ecr:BatchGetImage'] };
    expect(await test(connect())).toMatchObject({
      code: 'scope_insufficient',
      permissions,
      capabilities: ['repositories'],
    });
  });

  it.each([
    ['with a canary', {}],
    ['without one', { canary: undefined }],
  ])('passes on the warnings of the registry, in tests and checks, %s', async (_, fields) => {
    ecr.registry.headers = { warning: '299 - "Moving soon"' };
    for (const method of ['testConnection', 'checkHealth'] as const) {
      const { integration, deps } = connect(fields);
      const { warnings } = await plugin[method](integration, deps, signal);
      expect(warnings).toContain('The registry warns: Moving soon');
    }
  });

  it('warns if the registry belongs to another account', async () => {
    ecr.keys.set(KEYS.accessKeyId, { ...KEYS, arn: 'arn:aws:iam::444455556666:root' });
    expect(await test(connect())).toMatchObject({
      ...{ code: 'ok', principal: { kind: 'root' } },
      warnings: [expect.stringContaining(`belongs to account ${ACCOUNT}, the credential to 444455556666`)],
    });
  });

  it('shares one password among sessions, and gets another for another key', async () => {
    const connection = connect();
    await Promise.all([tags(connection), tags(connection), resolve(connection)]);
    expect(ecr.actions).toEqual(['GetAuthorizationToken']);
    ecr.keys.set('AKIDOTHER0123456789', { secretAccessKey: 'other', arn: 'arn:aws:iam::1:user/other' });
    connection.credential.secret = JSON.stringify({ accessKeyId: 'AKIDOTHER0123456789', secretAccessKey: 'other' });
    await tags(connection);
    expect(ecr.actions).toHaveLength(2);
  });

  it('renews a password for which ECR answers 403 and that it has expired', async () => {
    const connection = connect();
    await tags(connection);
    ecr.expirePasswords();
    expect((await tags(connection)).items).toMatchObject([{ name: 'stable' }]);
    expect(ecr.actions).toEqual(['GetAuthorizationToken', 'GetAuthorizationToken']);
  });

  it('takes a 403 without a body as an expired password only if the password is old', async () => {
    const connection = connect();
    await resolve(connection);
    ecr.expirePasswords();
    await expect(resolve(connection)).rejects.toMatchObject({ code: 'permission_missing' });
    ecr.ahead = 16 * 60_000;
    connection.advance(ecr.ahead);
    await expect(resolve(connection)).resolves.toMatchObject({ mediaType: expect.any(String) });
  });

  it('assumes a role with its external id, and again after AWS ends the session', async () => {
    ecr.externalId = 'acme/42';
    const connection = connect({ roleArn: ROLE, externalId: 'acme/42' });
    const principal = { id: `arn:aws:sts::${ACCOUNT}:assumed-role/puller/integrations`, kind: 'role' };
    expect(await test(connection)).toMatchObject({ code: 'ok', principal });
    for (const [id, key] of ecr.keys) if (id.startsWith('ASIA')) key.expired = true;
    expect(await test(connection)).toMatchObject({ code: 'ok', principal });
    expect(ecr.actions.filter((action) => action === 'AssumeRole')).toHaveLength(2);
  });

  it('reports why it cannot assume the role', async () => {
    ecr.externalId = 'acme/42';
    const message = 'STS answered AccessDenied to AssumeRole: the credential may not sts:AssumeRole';
    expect(await test(connect({ roleArn: ROLE }))).toMatchObject({ code: 'scope_insufficient', message });
  });

  it('assumes a role with a web identity token, without a key', async () => {
    const connection = connect({ secretKind: 'web_identity_token', roleArn: ROLE }, WEB_IDENTITY);
    expect(await test(connection)).toMatchObject({ code: 'ok', principal: { kind: 'role' } });
    connection.credential.secret = 'of-another-issuer';
    const verdict = await test(connection);
    expect(verdict).toMatchObject({
      code: 'credential_invalid',
      message: expect.stringContaining('web identity token'),
    });
  });

  it('takes a 400 as an outage if AWS cannot reach the issuer of a web identity token', async () => {
    ecr.hasIssuer = false;
    const connection = connect({ secretKind: 'web_identity_token', roleArn: ROLE }, WEB_IDENTITY);
    await expect(tags(connection)).rejects.toMatchObject({ code: 'provider_unavailable', transient: true });
    expect(await test(connection)).toMatchObject({ code: 'server_degraded' });
  });

  it('takes a refused web identity token as an outage if AWS could not fetch the keys of its issuer', async () => {
    ecr.hasKeys = false;
    const connection = connect({ secretKind: 'web_identity_token', roleArn: ROLE }, WEB_IDENTITY);
    await expect(tags(connection)).rejects.toMatchObject({ code: 'provider_unavailable', transient: true });
    expect(await test(connection)).toMatchObject({ code: 'server_degraded' });
  });

  it.each([
    ['ECR', {}],
    ['STS', { roleArn: ROLE }],
  ])('blames the region, not the key, if %s serves another one', async (service, fields) => {
    const message = expect.stringMatching(new RegExp(`^${service} .* another region`));
    expect(await test(connect({ host: '127.0.0.1', region: 'us-east-1', ...fields }))).toMatchObject({
      code: 'config_invalid',
      message,
    });
  });

  it.each([
    ['behind', 6 * 60_000],
    ['ahead of', -6 * 60_000],
  ])("blames the clock if it is %s AWS's", async (_, ahead) => {
    ecr.ahead = ahead;
    expect(await test(connect())).toMatchObject({ code: 'clock_skew' });
  });

  it('reports an expired temporary key', async () => {
    ecr.keys.set(KEYS.accessKeyId, { ...KEYS, arn: 'arn:aws:iam::1:user/x', expired: true });
    expect(await test(connect())).toMatchObject({ code: 'credential_expired' });
  });

  it('sends a wrong secret key once, and a new one once more', async () => {
    const connection = connect({}, JSON.stringify({ ...KEYS, secretAccessKey: 'wrong' }));
    expect(await test(connection)).toMatchObject({ code: 'credential_invalid' });
    expect(ecr.actions).toHaveLength(1);
    const forget = () => void (connection.credential.secret = SECRET);
    const deps = { ...connection.deps, credential: { ...connection.deps.credential, forget } };
    expect(await plugin.testConnection(connection.integration, deps, signal)).toMatchObject({ code: 'ok' });
  });

  it('sends nothing if the secret is malformed', async () => {
    expect(await test(connect({}, `${KEYS.accessKeyId}:${KEYS.secretAccessKey}`))).toMatchObject({
      ...{ code: 'credential_invalid', message: expect.not.stringContaining('wJalr') },
    });
    expect(ecr.registry.requests).toEqual([]);
  });

  it.each([
    [fault('UnrecognizedClientException'), { code: 'unauthenticated' }],
    [fault('com.amazonaws.ecr#ThrottlingException'), { code: 'rate_limited', retryAfterMs: 5_000 }],
    [fault('InvalidParameterException'), { code: 'invalid_request' }],
    [fault('ServerException', 'ours', 500), { code: 'provider_unavailable' }],
    [
      fault('AccessDeniedException', 'User: x is not authorized to perform: ecr:GetAuthorizationToken on resource: *'),
      { code: 'permission_missing', message: expect.stringContaining('may not ecr:GetAuthorizationToken') },
    ],
  ])('understands %j', async (override, expected) => {
    ecr.override = override;
    await expect(tags(connect())).rejects.toMatchObject(expected);
  });

  it('requires a region if the endpoint does not contain one, and a role for a web identity', async () => {
    expect(await test(connect({ host: '127.0.0.1' }))).toMatchObject({ code: 'config_invalid' });
    const checked = validate(EcrConfig, { secretKind: 'web_identity_token' });
    expect(checked.ok ? '' : describeErrors(checked.errors)).toContain('roleArn');
  });
});

describe('ecr, public', () => {
  let ecr: FakeEcr;
  let egress: EgressClient;

  const connect = (secret: string | null): FakeConnection<EcrConfig> => {
    const { url } = ecr.registry;
    const fields = { apiEndpoint: url, stsEndpoint: url, canary: 'acme/team/app:stable' };
    const endpoint = `http://public.ecr.aws:${new URL(url).port}`;
    return connectTo(egress, { endpoint, config: Object.assign(new EcrConfig(), fields), secret, origins: [url] });
  };

  beforeAll(async () => {
    const resolve = async () => [{ address: '127.0.0.1', family: 4 as const }];
    egress = new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'spec', resolve });
    ecr = await FakeEcr.start('public');
  });
  afterAll(async () => {
    await egress.close();
    await ecr.registry.close();
  });

  it('has its API in us-east-1', () => {
    expect(placesOf('https://public.ecr.aws', new EcrConfig())).toMatchObject({
      ...{ isPublic: true, region: 'us-east-1', account: null },
      api: 'https://api.ecr-public.us-east-1.amazonaws.com',
    });
  });

  it('allows anonymous pulls, but no anonymous list', async () => {
    const { integration, deps } = connect(null);
    expect(await plugin.testConnection(integration, deps, signal)).toMatchObject({
      ...{ code: 'ok', principal: { kind: 'anonymous' }, capabilities: ['tags', 'digest', 'referrers'] },
    });
    const list = plugin.open(integration, deps).discovery!.repositories!({ limit: 2, cursor: null, q: null }, signal);
    await expect(list).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(ecr.actions).toEqual([]);
  });

  it("pulls with a key as its owner, and lists the owner's repositories with the registry's alias", async () => {
    const { integration, deps } = connect(SECRET);
    expect(await plugin.testConnection(integration, deps, signal)).toMatchObject({
      ...{ code: 'ok', server: { product: 'Amazon ECR Public' }, principal: { kind: 'user' } },
      permissions: { required: ['ecr-public:GetAuthorizationToken', 'sts:GetServiceBearerToken'], missing: [] },
    });
    const { discovery } = plugin.open(integration, deps);
    const first = await discovery!.repositories!({ limit: 2, cursor: null, q: null }, signal);
    const second = await discovery!.repositories!({ limit: 2, cursor: first.nextCursor, q: null }, signal);
    expect([...first.items, ...second.items].map(({ owner, name }) => `${owner}/${name}`)).toEqual([
      'acme/team/app',
      'acme/team/tools',
      'acme/alpine',
    ]);
    expect(second.nextCursor).toBeNull();
  });
});
