import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { RPC } from '@integrations/contracts';
import { IntegrationRepository } from '@integrations/database';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type AppProcess, startApp } from '../../support/app-process';
import { startTestNats, type TestNats } from '../../support/nats';
import { temporaryDirectory } from '../../support/temporary';
import { integration, openDatabase, type TestDatabase } from '../database/support';

const PASSWORD = 'Zq8&"p@ss+w|rd<tail>42';
const SECRET = `bot:${PASSWORD}`;
/** Texts that reveal a secret: parts of it, in each spelling that the vendor uses. */
const TRACES = [
  ...['Zq8&', 'ss+w', 'rd<tail', 'tail>42', ...['Zq8&', 'tail>42'].flatMap(ways)],
  ...[PASSWORD, SECRET].flatMap((text) => [btoa(text).slice(4, 14), btoa(text).slice(-14, -4)]),
];

/** `MARK` stands for the echoed credential in all spellings; `PLAIN` where it becomes part of an address that we build. */
const FACTS = {
  ...{ version: 'MARK', buildNumber: 'MARK', gitVersion: 'MARK', gitCommit: 'MARK', harbor_version: 'MARK' },
  ...{
    username: 'MARK',
    login: 'MARK',
    name: 'PLAIN',
    slug: 'PLAIN',
    display_name: 'MARK',
    state: 'MARK',
    url: 'MARK',
  },
  ...{
    anonymous: false,
    authenticated: true,
    authorities: ['MARK'],
    scopes: ['MARK'],
    active: true,
    enterprise: false,
  },
  ...{ fullName: 'PLAIN', full_name: 'PLAIN', path_with_namespace: 'a/PLAIN', web_url: 'MARK', html_url: 'MARK' },
  ...{
    default_branch: 'MARK',
    description: 'MARK',
    owner: { login: 'PLAIN', username: 'PLAIN' },
    project: { key: 'PLAIN' },
  },
  ...{
    repositories: ['MARK'],
    tags: ['MARK'],
    message: 'MARK',
    error: 'MARK',
    errors: [{ code: 'MARK', message: 'MARK' }],
  },
  ...{ subject: 'MARK', email: 'MARK', status: 'MARK', components: [{ name: 'PLAIN', status: 'unhealthy' }] },
  ...{ member: { Tags: { build: 'MARK' } }, server: { ok: false, message: 'MARK' }, metadata: { name: 'PLAIN' } },
  ...{ ServerVersion: 'MARK', Warnings: ['MARK'], ApiVersion: '1.44', MinAPIVersion: '1.24', Version: 'MARK' },
};
const MEMBERS = ['values', 'items', 'results', 'data', 'jobs', 'children', 'services'];
/** The forms in which the vendor answers, one after the other: other kinds of ids, or of the whole answer. */
const LOOKS = ['numbers', 'texts', 'list', 'refusal', 'redirect'] as const;
const PROVIDERS = [
  ...['argo_workflows', 'artifactory', 'bitbucket_data_center', 'docker', 'gitea', 'gitlab', 'gitlab_ci', 'harbor'],
  ...['jenkins', 'kubernetes', 'nexus', 'nomad', 'oci', 'quay', 'tekton'],
];

let db: TestDatabase;
let nats: TestNats;
let caller: NatsConnection;
let app: AppProcess;
let vendor: Server;
let look: (typeof LOOKS)[number];
let asked: number;
const heard: string[] = [];

beforeAll(async () => {
  [db, nats] = await Promise.all([openDatabase(), startTestNats()]);
  caller = await connect({ servers: nats.url });
  caller.subscribe('>', { callback: (_, message) => void heard.push(`${message.subject} ${message.string()}`) });
  vendor = createServer((request, response) => {
    asked += 1;
    const { status, headers, body } = echoOf(request);
    response.writeHead(status, headers).end(body);
  }).listen(0, '127.0.0.1');
  await once(vendor, 'listening');
  const secrets = temporaryDirectory();
  mkdirSync(join(secrets, 'acme'));
  writeFileSync(join(secrets, 'acme', 'bot'), SECRET);
  // A separate process, because its log cannot be captured within this one.
  app = await startApp('health-worker', {
    ...{ DATABASE_URL: db.url, NATS_URL: nats.url, DEFAULT_TENANT: 'acme', SECRETS_DIR: secrets },
    ...{ EGRESS_ALLOW: '127.0.0.1/32', LOG_LEVEL: 'trace' },
  });
});
afterAll(async () => {
  await app?.stop();
  await caller?.close();
  vendor?.close();
  await db?.close();
  await nats?.stop();
});

describe.each(PROVIDERS)('a service of provider %s that echoes everything it is shown', (provider) => {
  it.each(LOOKS)('leaks no secret through its responses: %s', async (which) => {
    look = which;
    asked = 0;
    const { id: integrationId } = await registered(provider);
    const requests: [string, object][] = [
      [RPC.probeTest, { integrationId }],
      [RPC.probeDiscover, { integrationId, kind: 'repositories' }],
      [RPC.registryTags, { integrationId, repository: 'team/shop' }],
      [RPC.registryResolve, { integrationId, repository: 'team/shop', reference: 'latest' }],
      [RPC.ciPipelines, { integrationId }],
      [RPC.ciRuns, { integrationId }],
      [RPC.runtimeWorkloads, { integrationId }],
    ];
    for (const [subject, body] of requests) {
      const reply = await caller.request(subject, JSON.stringify(body), { timeout: 60_000 });
      expect(leaksIn(reply.string())).toEqual([]);
    }
    expect(asked).toBeGreaterThan(0);
  });
});

it('no secret leaks through events, tables, logs or metrics either', async () => {
  await caller.flush();
  expect(heard.length).toBeGreaterThan(PROVIDERS.length);
  expect(heard.flatMap(leaksIn)).toEqual([]);
  const tables = await db.sql<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  for (const { name } of tables) {
    const rows = await db.sql<{ row: string }>(`SELECT t::text AS row FROM "${name}" t`);
    expect(rows.flatMap(({ row }) => leaksIn(row))).toEqual([]);
  }
  const logged = app.log().split('\n');
  expect(logged.length).toBeGreaterThan(PROVIDERS.length);
  expect(logged.flatMap(leaksIn)).toEqual([]);
  const metrics = await fetch(`${app.url}/metrics`);
  expect(metrics.status).toBe(200);
  expect(leaksIn(await metrics.text())).toEqual([]);
});

function leaksIn(text: string): string[] {
  return TRACES.filter((trace) => text.includes(trace)).map((trace) => `${trace} in ${text.slice(0, 1_500)}`);
}

/** All spellings in which a service may repeat a credential. */
function ways(text: string): string[] {
  return [
    encodeURIComponent(text),
    new URLSearchParams([['', text]]).toString().slice(1),
    JSON.stringify(text).slice(1, -1),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    Buffer.from(text).toString('hex'),
  ];
}

function echoOf({ headers, url = '' }: IncomingMessage) {
  const shown = Object.entries(headers).filter(([name]) => /auth|token|key|cookie/.test(name));
  const values = shown.flatMap(([, value]) => [String(value), ...String(value).split(' ')]);
  const plain = values.flatMap((value) => [value, Buffer.from(value, 'base64').toString()]);
  const found = plain.some((value) => value.includes(PASSWORD)) ? [PASSWORD, SECRET] : [];
  const said = [...values, ...found, ...found.flatMap(ways), btoa(PASSWORD)].join(' ').replaceAll(/[^ -~]/g, '?');
  const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
  const plainly = [...values, ...found].join(' ');
  const filled = (value: unknown) =>
    JSON.parse(JSON.stringify(value).replaceAll('MARK', inJson(said)).replaceAll('PLAIN', inJson(plainly)));
  const id = look === 'texts' ? said : 7;
  const object = filled({ ...FACTS, id });
  const body = look === 'list' ? [object] : { ...object, ...Object.fromEntries(MEMBERS.map((key) => [key, [object]])) };
  const status = look === 'refusal' ? 403 : look === 'redirect' ? 302 : 200;
  return {
    status: found.length === 0 && url.startsWith('/v2/') ? 401 : status,
    headers: {
      'content-type': 'application/json',
      'www-authenticate': `Basic realm="${encodeURIComponent(said)}"`,
      ...{ warning: `299 - "${said.replaceAll(/["\\]/g, '\\$&')}"`, server: `Nexus/${said}`, 'x-jenkins': said },
      ...{ 'x-jfrog-version': `Artifactory/${said}`, 'docker-distribution-api-version': 'registry/2.0' },
      ...{ location: `https://${encodeURIComponent(said).slice(0, 60)}.example/?token=${encodeURIComponent(said)}` },
    },
    body: JSON.stringify(body),
  };
}

function registered(provider: string) {
  const { port } = vendor.address() as AddressInfo;
  const service = { endpoint: `http://127.0.0.1:${port}`, authRef: 'authref://file/bot', config: {} };
  return new IntegrationRepository(db.database).insert(integration({ provider, ...service }));
}
