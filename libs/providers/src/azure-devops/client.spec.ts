import { describeErrors, ScmCommentRequest, validate } from '@integrations/contracts';
import type { EgressClient, ProviderDeps } from '@integrations/provider-kit';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  connect,
  PROJECT,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
  TENANT,
  TOKEN,
} from '../../../../test/support/fake-azure-devops/connection';
import type { FakeAzureDevOps, FakeAzureDevOpsOptions } from '../../../../test/support/fake-azure-devops/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { organizationOf, webHosts } from '../vendors/azure-devops/addresses';
import { azureDevOpsAnnotations } from './annotations';
import { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { AzureDevOpsConfig } from '../vendors/azure-devops/config';
import { createAzureDevOpsPlugin } from './plugin';

const { signal } = new AbortController();
const context = { operationId: 'op', upsertKey: 'sast', signal };
const request = Object.assign(new ScmCommentRequest(), {
  ...{ owner: PROJECT, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST, body: 'Two findings.' },
});
const PRINCIPAL = { credentialKind: 'service_principal', entraTenantId: TENANT, clientId: CLIENT_ID } as const;

describe('AzureDevOpsClient', () => {
  let azure: FakeAzureDevOps;
  let egress: EgressClient;

  const at = async (options: Partial<FakeAzureDevOpsOptions> = {}) => (azure = await startAcme(options));
  const connection = (fields: Partial<AzureDevOpsConfig> = {}, secret = TOKEN, gate?: ProviderDeps['gate']) => {
    const config = Object.assign(new AzureDevOpsConfig(), fields);
    const { integration, deps, credential } = connect(azure, egress, { config, secret });
    const open = () =>
      azureDevOpsAnnotations(new AzureDevOpsClient(integration, { ...deps, ...(gate ? { gate } : {}) }));
    return { credential, open, comment: () => open().postComment(request, context) };
  };
  const logins = () => azure.requests.filter(({ path }) => path.startsWith('/login'));

  beforeAll(() => (egress = loopbackEgress()));
  afterEach(async () => {
    await azure?.stop();
    expect(azure?.violations ?? []).toEqual([]);
  });
  afterAll(() => egress.close());

  it('posts with a token of Entra ID, which it requests once', async () => {
    await at();
    const { comment } = connection(PRINCIPAL, CLIENT_SECRET);

    expect(await comment()).toMatchObject({ outcome: 'created' });
    expect(await comment()).toMatchObject({ outcome: 'unchanged' });
    expect(logins().map(({ path }) => path)).toEqual([`/login.microsoftonline.com/${TENANT}/oauth2/v2.0/token`]);
    expect(azure.pullRequest(PROJECT, REPOSITORY, PULL_REQUEST).threads[0]!.comments[0]!.author.id).toBe(CLIENT_ID);
  });

  it('requests another token from Entra ID once, when the old one is no longer valid', async () => {
    await at();
    const { comment, credential } = connection(PRINCIPAL, CLIENT_SECRET);
    await comment();
    azure.revokeIssued();

    expect(await comment()).toMatchObject({ outcome: 'unchanged' });
    expect(credential.forgotten).toBe(1);
    expect(logins()).toHaveLength(2);
  });

  it.each([
    ['a wrong secret', 'wrong-0123456789', /client secret is wrong.*AADSTS7000215/, () => undefined],
    ['an expired secret', CLIENT_SECRET, /client secret has expired/, () => (azure.principal.isExpired = true)],
  ])('asks the store once more, but not Entra ID, after %s', async (_, secret, message, cause) => {
    await at();
    cause();
    const { comment, credential } = connection(PRINCIPAL, secret);

    const refused = expect(comment()).rejects;
    await refused.toMatchObject({ code: 'unauthenticated', transient: false, message: expect.stringMatching(message) });
    expect(credential).toMatchObject({ resolved: 2, forgotten: 1 });
    expect(azure.requests).toHaveLength(1);
  });

  it.each([
    [429, { 'retry-after': '9' }, { code: 'rate_limited', retryAfterMs: 9_000 }],
    [503, {}, { code: 'provider_unavailable', transient: true }],
  ])('understands a %s from Entra ID', async (status, headers, expected) => {
    await at();
    azure.inject({ when: ({ path }) => path.startsWith('/login'), processed: false, reply: { status, headers } });

    await expect(connection(PRINCIPAL, CLIENT_SECRET).comment()).rejects.toMatchObject(expected);
  });

  it.each(['as asked', 'page', 'redirect'] as const)(
    'takes a redirection to the sign-in page as a refused credential: %s',
    async (signIn) => {
      await at({ signIn });
      const { comment, credential } = connection({}, 'wrong-0123456789');

      await expect(comment()).rejects.toMatchObject({ code: 'unauthenticated', transient: false });
      expect(credential).toMatchObject({ resolved: 2, forgotten: 1 });
      expect(azure.requests).toHaveLength(1);
    },
  );

  it.each([
    ['a personal access token', {}, 'stale-0123456789', TOKEN],
    ['the secret of a principal', PRINCIPAL, 'stale-0123456789', CLIENT_SECRET],
  ])('continues with %s that was replaced in its store', async (_, config, stale, replacement) => {
    await at();
    const { comment, credential } = connection(config, stale);
    credential.replacement = replacement;

    expect(await comment()).toMatchObject({ outcome: 'created' });
    expect(credential).toMatchObject({ resolved: 2, forgotten: 1 });
  });

  it('takes a sign-in page with status 200 as a refused credential, and any other page as an outage', async () => {
    await at();
    const say = (body: string) =>
      azure.inject({ when: () => true, times: 1, processed: false, reply: { status: 200, body } });
    say('<html><title>Azure DevOps Services | Sign In</title></html>');
    await expect(connection().comment()).rejects.toMatchObject({ code: 'unauthenticated' });
    say('<html><title>Proxy</title></html>');
    await expect(connection().comment()).rejects.toMatchObject({ code: 'provider_unavailable', transient: true });
  });

  it('tells a missing permission from an unknown token', async () => {
    await at();
    azure.token.scopes = ['vso.code'];
    await expect(connection().comment()).rejects.toMatchObject({ code: 'permission_missing' });
    azure.token.scopes = 'all';
    azure.world.project(PROJECT).permissions = 2;
    await expect(connection().comment()).rejects.toThrow(/403 .*\(needed: PullRequestContribute\)/);
  });

  it.each([
    {
      ...{ what: 'a pull request with all the threads that it may have', status: 400 },
      body: { typeKey: 'GitPullRequestMaxDiscussionThreadCountException' },
      ...{ code: 'limit_reached', why: /no more comments/ },
    },
    {
      ...{ what: 'a conditional access policy', status: 403 },
      body: { message: 'VS403463: The conditional access policy defined by your administrator has failed.' },
      ...{ code: 'permission_missing', why: /conditional access policy/ },
    },
  ])('understands the refusal for $what', async ({ status, body, code, why }) => {
    await at();
    const isPost = ({ method }: { method: string }) => method === 'POST';
    azure.inject({ when: isPost, processed: false, reply: { status, body: JSON.stringify(body) } });

    const message = expect.stringMatching(why) as unknown;
    await expect(connection().comment()).rejects.toMatchObject({ code, transient: false, message });
  });

  it('names the API version of an older server, and uses it if configured', async () => {
    await at({ basePath: '/tfs/Collection' });
    azure.world.apiVersion = '7.0';

    await expect(connection().comment()).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('at most version 7.0 of its API; set apiVersion'),
    });
    expect(await connection({ apiVersion: '7.0' }).comment()).toMatchObject({ outcome: 'created' });
  });

  it.each([
    [429, {}, 60_000],
    [503, { 'retry-after': '30' }, 30_000],
  ])('waits when it is rate limited with %s', async (status, headers, retryAfterMs) => {
    await at();
    const body = JSON.stringify({ message: 'TF400733: The request has been canceled: Request was blocked' });
    azure.inject({ when: () => true, processed: false, reply: { status, headers, body } });

    await expect(connection().comment()).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs });
  });

  it('pauses when a successful answer asks for it', async () => {
    await at();
    const held: number[] = [];
    const gate = { spend: async () => undefined, hold: (ms: number) => void held.push(ms) };
    azure.headers = { 'x-ratelimit-remaining': '120', 'x-ratelimit-reset': '99999999999' };
    await connection({}, TOKEN, gate).comment();
    expect(held).toEqual([]);
    azure.headers = { 'retry-after': '3', 'x-ratelimit-delay': '2.5' };
    await connection({}, TOKEN, gate).comment();
    expect(new Set(held)).toEqual(new Set([3_000]));
  });

  it('requires the tenant and the client id of a service principal', () => {
    const errors = (config: object) => {
      const checked = validate(AzureDevOpsConfig, config);
      return checked.ok ? '' : describeErrors(checked.errors);
    };
    expect(errors({})).toBe('');
    expect(errors(PRINCIPAL)).toBe('');
    expect(errors({ ...PRINCIPAL, clientId: undefined })).toMatch(/clientId/);
    expect(errors({ entraTenantId: 'acme.com/../..' })).toMatch(/entraTenantId/);
  });

  it('may call Entra ID only for a service principal', () => {
    const { origins } = createAzureDevOpsPlugin();
    const integration = { integrationId: 'i', tenantId: 't', endpoint: 'https://dev.azure.com/acme' };
    const config = (fields: object) => ({ ...integration, config: Object.assign(new AzureDevOpsConfig(), fields) });
    expect(origins!(config({}))).toEqual([]);
    expect(origins!(config(PRINCIPAL))).toEqual(['https://login.microsoftonline.com']);
  });

  it('knows where its repositories are, under both names of an organization', () => {
    const hosted = [
      ...['dev.azure.com/acme', 'ssh.dev.azure.com/v3/acme'],
      ...['acme.visualstudio.com', 'vs-ssh.visualstudio.com/v3/acme'],
    ];
    expect(webHosts('https://dev.azure.com/acme/')).toEqual(hosted);
    expect(webHosts('https://acme.visualstudio.com')).toEqual(hosted);
    expect(webHosts('https://tfs.example:8443/tfs/Main')).toEqual(['tfs.example:8443/tfs/Main']);
    expect(webHosts('https://xvisualstudio.com.evil.example')).toEqual(['xvisualstudio.com.evil.example']);
    expect(organizationOf('https://dev.azure.com/acme/_apis/')).toBe('https://dev.azure.com/acme');
  });
});
