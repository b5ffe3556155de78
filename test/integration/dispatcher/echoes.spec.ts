import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  added,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../support/fake-gitea/connection';
import type { FakeGitea } from '../../support/fake-gitea/index';
import { DispatcherPlatform, type Reply } from './platform';

const OTHERS = 'correct-horse-battery';
const place = { owner: OWNER, repository: REPOSITORY };
const finding = { ruleId: 'no-eval', severity: 'high', title: 'No eval', path: 'src/a.ts', startLine: 2 };
const message = `found ${TOKEN}, ${btoa(`bot:${TOKEN}`)} and ${OTHERS}`;

let platform: DispatcherPlatform;
let gitea: FakeGitea;
let echo: Server;
let app: NestFastifyApplication;
const heard: string[] = [];

beforeAll(async () => {
  gitea = await startAcme({ diff: added('src/a.ts', 20) });
  echo = createServer((request, response) => void repeat(request, response)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  platform = await DispatcherPlatform.start();
  platform.caller.subscribe('>', { callback: (_, said) => void heard.push(`${said.subject} ${said.string()}`) });
  const endpoint = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
  const authRef = platform.storeSecret('acme', 'gitea.token', TOKEN);
  await platform.integrate({ provider: 'gitea', endpoint, authRef, config: {} });
  const ofGlobex = platform.storeSecret('globex', 'gitea.token', OTHERS);
  await platform.integrate({ tenantId: 'globex', provider: 'gitea', endpoint, authRef: ofGlobex, config: {} });
  app = await platform.startApp();
});
afterAll(async () => {
  await app?.close();
  await platform?.stop();
  echo?.close();
  await gitea?.stop();
});

describe('a token that the vendor echoes and a scanner has found', () => {
  it('does not leak through the very first post', async () => {
    const status = { ...place, headSha: HEAD_SHA, upsertKey: 'first', source: { findings: [{ ...finding, message }] } };
    const shown = { checkRun: { name: 'scan' }, status: { context: 'scan' } };
    const reply = await platform.ask('integrations.v1.rpc.scm.publish', { ...status, show: shown });
    expect(reply).toMatchObject({ success: true });
    const [comment] = gitea.pull(OWNER, REPOSITORY, PULL_REQUEST).comments;
    expect(leaksIn(JSON.stringify([reply, comment, gitea.statuses(OWNER, REPOSITORY, HEAD_SHA)]))).toEqual([]);
  });

  it("does not leak through replies, events or the ledger, and another tenant's secret is not redacted", async () => {
    const other = await platform.ask('integrations.v1.rpc.scm.comment', comment(), { tenant: 'globex' });
    expect(other).toMatchObject({ success: false });
    const commented = await platform.ask('integrations.v1.rpc.scm.comment', comment());
    const published = await publish({});
    const again = await publish({});
    const preview = await publish({ dryRun: true });
    const view = await platform.ask('integrations.v1.rpc.scm.operation', { operationId: published.operationId });
    for (const reply of [commented, published, again, preview, view]) {
      expect(reply).toMatchObject({ success: true });
      expect(leaksIn(JSON.stringify(reply))).toEqual([]);
    }
    expect(published.result).toMatchObject({ url: expect.stringContaining('?token=token [redacted]') });
    const posted = JSON.stringify(gitea.pull(OWNER, REPOSITORY, PULL_REQUEST));
    expect(posted).toContain(OTHERS);
    expect(leaksIn(posted)).toEqual([]);
    const outcomes = await platform.db.sql<{ row: string }>(
      `SELECT outcome::text AS row FROM annotation_operation UNION ALL SELECT t::text FROM outbox t`,
    );
    expect(outcomes.length).toBeGreaterThan(2);
    expect(outcomes.flatMap(({ row }) => leaksIn(row ?? ''))).toEqual([]);
    // Ignores the callers' own messages.
    const told = heard.filter((line) => !/^integrations\.v1\.(rpc|annotate)\./.test(line));
    expect(told.flatMap(leaksIn)).toEqual([]);
  });

  it('does not leak through a dry run before anything was posted', async () => {
    await app.close();
    app = await platform.startApp();
    const preview = await publish({ dryRun: true });
    expect(preview).toMatchObject({ success: true });
    expect(leaksIn(JSON.stringify(preview))).toEqual([]);
  });
});

/** Passes on a request, and adds the credential to each address and to a header of the answer. */
async function repeat(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = await request.toArray();
  const { method, headers } = request;
  const body = method === 'GET' ? {} : { body: Buffer.concat(chunks) };
  const passed = { authorization: String(headers.authorization), 'content-type': 'application/json' };
  const answer = await fetch(new URL(request.url!, gitea.url), { method: method!, headers: passed, ...body });
  const said = (await answer.text()).replaceAll(/("(?:html_)?url":")([^"]+)/g, `$1$2?token=${headers.authorization}`);
  const type = answer.headers.get('content-type') ?? 'text/plain';
  response.writeHead(answer.status, { 'content-type': type, server: String(headers.authorization) }).end(said);
}

function comment() {
  return { ...place, pullRequestNumber: PULL_REQUEST, body: 'Two findings.' };
}

function publish(more: object): Promise<Reply> {
  return platform.ask('integrations.v1.rpc.scm.publish', {
    ...{ ...place, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA, upsertKey: 'sast' },
    source: { findings: [{ ...finding, message }] },
    show: { comment: true, inline: true, checkRun: { name: 'scan' }, status: { context: 'scan' } },
    ...more,
  });
}

function leaksIn(text: string): string[] {
  const traces = [TOKEN, btoa(`bot:${TOKEN}`).slice(8, -4)];
  return traces.filter((trace) => text.includes(trace)).map((trace) => `${trace} in ${text.slice(0, 1_500)}`);
}
