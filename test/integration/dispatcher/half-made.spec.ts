import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { OperationRepository } from '@integrations/database';
import { Dispatcher } from '../../../apps/annotation-dispatcher/src/dispatcher';
import { eventually } from '../../support/eventually';
import { APP_ID, APP_KEY, INSTALLATION_ID, OWNER, REPOSITORY, startAcme } from '../../support/fake-github/connection';
import type { FakeGitHub, LoggedRequest } from '../../support/fake-github/index';
import { DispatcherPlatform, type Reply } from './platform';

const PUBLISH = 'integrations.v1.rpc.scm.publish';
const shaOf = (number: number) => String(number).padStart(3, '0').padEnd(40, 'a');
/** Offset of the commits to which pull requests move on. */
const MOVED = 100;
const pulls = Array.from({ length: 10 }, (_, index) => index + 1)
  .flatMap((number) => [number, number + MOVED])
  .map((number) => ({ number, headSha: shaOf(number), files: [] }));
/** More findings than fit into the request that creates a check run. */
const findings = Array.from({ length: 120 }, (_, index) => ({
  ...{ ruleId: 'no-eval', severity: 'high', title: 'No eval', path: 'src/a.ts', startLine: index + 1 },
  message: `finding ${index}`,
}));

let platform: DispatcherPlatform;
let github: FakeGitHub;
let app: NestFastifyApplication;
let operations: OperationRepository;
/** The pull request of the current test; each test has its own pull request and commit. */
let pullRequestNumber = 0;

beforeAll(async () => {
  const installation = { id: INSTALLATION_ID, account: OWNER, repositories: [{ name: REPOSITORY, pulls }] };
  github = await startAcme({ installations: [installation] });
  platform = await DispatcherPlatform.start();
  operations = new OperationRepository(platform.db.database);
  const authRef = platform.storeSecret('acme', 'github.pem', APP_KEY.privateKey);
  const config = { appId: String(APP_ID) };
  await platform.integrate({ provider: 'github_app', endpoint: github.url, authRef, config });
  app = await platform.startApp({ MAX_ATTEMPTS: '100' });
});
beforeEach(() => {
  pullRequestNumber += 1;
});
afterEach(() => {
  expect(github.violations).toEqual([]);
  github.clearFaults();
});
afterAll(async () => {
  await app?.close();
  await platform?.stop();
  await github?.stop();
});

const checkRuns = (commit = shaOf(pullRequestNumber)) => github.checkRuns(OWNER, REPOSITORY, commit);
const publish = (more: object = {}): Promise<Reply> => {
  const place = { owner: OWNER, repository: REPOSITORY, pullRequestNumber, headSha: shaOf(pullRequestNumber) };
  const scan = { upsertKey: 'sast', source: { findings }, show: { checkRun: { name: 'scan' } } };
  return platform.ask(PUBLISH, { ...place, ...scan, ...more });
};
const movedOn = () => {
  const headSha = shaOf(pullRequestNumber + MOVED);
  github.pull(OWNER, REPOSITORY, pullRequestNumber).headSha = headSha;
  return { headSha, source: { findings: findings.slice(0, 1) } };
};
const isUpdate = ({ method, path }: LoggedRequest) => method === 'PATCH' && path.includes('/check-runs/');
const isCancelling = (request: LoggedRequest) =>
  isUpdate(request) && (request.body as { conclusion?: string }).conclusion === 'cancelled';

/** From now on GitHub rejects updates of check runs, and asks to wait for so many seconds. */
const interrupt = (seconds: number) =>
  github.inject({
    when: (request) => isUpdate(request) && !isCancelling(request),
    times: 1_000,
    processed: false,
    reply: { status: 503, headers: { 'retry-after': String(seconds) } },
  });

/** Publishes an operation that is postponed while its check run is half made. */
async function putOff(): Promise<string> {
  interrupt(600);
  const { operationId } = await publish({ wait: 'accepted' });
  await row(operationId!, ({ state, halfMade }) => state === 'queued' && halfMade);
  expect(checkRuns()).toMatchObject([{ status: 'in_progress', annotations: { length: 50 } }]);
  return operationId!;
}

/** Posts an operation that supersedes a postponed one, and shortens the wait of that one. */
async function overtake(more: object): Promise<void> {
  const { operationId } = await publish({ ...more, wait: 'accepted' });
  await makeDue();
  expect(await ended(operationId!)).toMatchObject({ state: 'succeeded' });
}

const makeDue = () => platform.db.sql('UPDATE annotation_lane SET due_at = now() WHERE lease_token IS NULL');
const row = (id: string, isRight: (found: NonNullable<Awaited<ReturnType<typeof find>>>) => boolean) =>
  eventually(`operation ${id}`, async () => {
    const found = await find(id);
    return found && isRight(found) ? found : null;
  });
const find = (id: string) => operations.find('acme', id);
const ended = (id: string) => row(id, ({ finishedAt }) => finishedAt !== null);
const cancel = (id: string) => platform.db.database.transaction((tx) => operations.cancel('acme', id, tx));
const requeue = (id: string) => platform.db.database.transaction((tx) => operations.requeue('acme', id, tx));
const switchPosting = (posting: string) =>
  platform.db.sql('UPDATE integration SET posting = $1, generation = generation + 1', [posting]);
const eventsOf = async (id: string) =>
  (
    await platform.db.sql<{ event: string }>("SELECT event FROM outbox WHERE data->>'operationId' = $1 ORDER BY id", [
      id,
    ])
  ).map(({ event }) => event);
const cancelled = (why: string) => ({
  status: 'completed',
  conclusion: 'cancelled',
  output: { title: 'scan', summary: `Not all of this result was posted: ${why}.` },
  annotations: { length: 50 },
});

describe('a check run that was left half made', () => {
  it('is cancelled before its successor is posted, which its text names', async () => {
    const older = await putOff();
    const newer = movedOn();
    await overtake(newer);

    expect(checkRuns()).toMatchObject([cancelled(`a newer one for ${newer.headSha} replaced it`)]);
    expect(checkRuns(newer.headSha)).toMatchObject([{ conclusion: 'failure', annotations: { length: 1 } }]);
    const written = github.requests.filter(({ method, path }) => method !== 'GET' && path.includes('/check-runs'));
    expect(isCancelling(written.at(-2)!)).toBe(true);
    expect(await ended(older)).toMatchObject({
      state: 'superseded',
      outcome: { success: false, errorCode: 'superseded', operationId: older },
    });
    expect(await eventsOf(older)).toEqual(['annotation_accepted', 'annotation_superseded']);
  });

  it('makes way for a new one on the same commit', async () => {
    const older = await putOff();
    await overtake({ source: { findings: findings.slice(0, 2) } });

    expect(checkRuns()).toMatchObject([
      cancelled(`a newer one for ${shaOf(pullRequestNumber)} replaced it`),
      { status: 'completed', conclusion: 'failure', annotations: { length: 2 } },
    ]);
    expect(await ended(older)).toMatchObject({ state: 'superseded' });
  });

  it('is cancelled after its operation was, and the operation shows that in between', async () => {
    const id = await putOff();
    const owed = await cancel(id);
    expect(owed).toMatchObject({ now: true, row: { state: 'queued', ending: { state: 'cancelled' } } });
    const shown = await platform.ask('integrations.v1.rpc.scm.operation', { operationId: id });
    expect(shown.result).toMatchObject(
      shown.result?.['state'] === 'cancelled' ? { ending: null } : { ending: 'cancelled', outcome: null },
    );

    expect(await ended(id)).toMatchObject({ state: 'cancelled', outcome: { errorCode: 'cancelled' } });
    expect(checkRuns()).toMatchObject([cancelled('it was cancelled')]);
    expect(await eventsOf(id)).toEqual(['annotation_accepted', 'annotation_cancelled']);
    expect(await cancel(id)).toMatchObject({ now: false, row: { state: 'cancelled' } });
  });

  it('is cancelled when the pull request has moved on, and the caller is told', async () => {
    interrupt(1);
    const reply = publish();
    await eventually('the check run', () => checkRuns()[0]);
    movedOn();
    expect(await reply).toMatchObject({ success: false, errorCode: 'stale_head' });
    expect(checkRuns()).toMatchObject([cancelled('the pull request has moved on to another commit')]);
  });

  it('is cancelled when the deadline of its operation passes', async () => {
    interrupt(3_600);
    const reply = await publish({ deadlineMs: 60_000 });
    expect(reply).toMatchObject({ success: false, errorCode: 'deadline_exceeded' });
    expect(checkRuns()).toMatchObject([cancelled('its deadline passed')]);
    expect(await ended(reply.operationId!)).toMatchObject({ state: 'failed', halfMade: true });
  });

  it('is cancelled when GitHub refuses the rest for good, and a retry of the operation creates a new one', async () => {
    github.inject({ when: isUpdate, processed: false, reply: { status: 422, body: '{"message":"no"}' } });
    const reply = await publish();
    expect(reply).toMatchObject({ success: false, errorCode: 'invalid_request', result: { outcome: 'skipped' } });
    expect(checkRuns()).toMatchObject([cancelled('posting it failed (invalid_request)')]);

    await requeue(reply.operationId!);
    expect(await ended(reply.operationId!)).toMatchObject({ state: 'succeeded', ending: null });
    expect(checkRuns()).toMatchObject([
      { conclusion: 'cancelled' },
      { status: 'completed', conclusion: 'failure', annotations: { length: 120 } },
    ]);
  });

  it('stays while posting is switched off, and is cancelled when its operation is replayed after that', async () => {
    const id = await putOff();
    await switchPosting('offline');
    await cancel(id);
    const parked = await row(id, ({ state }) => state === 'parked_offline');
    expect(parked).toMatchObject({ ending: { state: 'cancelled' }, outcome: { skippedOffline: true } });
    expect(checkRuns()).toMatchObject([{ status: 'in_progress' }]);

    await switchPosting('online');
    await requeue(id);
    expect(await ended(id)).toMatchObject({ state: 'cancelled', outcome: { errorCode: 'cancelled' } });
    expect(checkRuns()).toMatchObject([cancelled('it was cancelled')]);
  });

  it('is cancelled only once although the response to that was lost', async () => {
    const id = await putOff();
    github.inject({ when: isCancelling, processed: true, reply: 'reset' });
    const before = github.requests.length;
    await cancel(id);
    expect(await ended(id)).toMatchObject({ state: 'cancelled' });
    expect(github.requests.slice(before).filter(isCancelling)).toHaveLength(1);
    expect(checkRuns()).toMatchObject([cancelled('it was cancelled')]);
  });

  it('stays when GitHub refuses to cancel it, and the outcome says so', async () => {
    const id = await putOff();
    github.inject({ when: isCancelling, processed: false, reply: { status: 422, body: '{"message":"no"}' } });
    await cancel(id);
    expect(await ended(id)).toMatchObject({
      state: 'cancelled',
      outcome: { errorMessage: expect.stringMatching(/; its check run may still be in progress: GitHub answered 422/) },
    });
  });

  it('is cancelled by another dispatcher before its successor is posted, if the first dispatcher dies while cancelling', async () => {
    const older = await putOff();
    github.inject({ when: isCancelling, times: 1_000, processed: false, reply: 'hang' });
    const newer = movedOn();
    const { operationId } = await publish({ ...newer, wait: 'accepted' });
    await makeDue();
    await eventually('the attempt to cancel', () => github.requests.find((one) => isOf(one, checkRuns()[0]!.id)));
    // As kill -9 does: the attempt in flight is cut off, and the lease expires, here earlier than it would.
    await app.get(Dispatcher).engine.stop(0);
    expect(await find(older)).toMatchObject({ state: 'running', ending: { state: 'superseded' } });
    github.clearFaults();
    await platform.db.sql('UPDATE annotation_lane SET lease_until = now()');
    const successor = await platform.startApp({ MAX_ATTEMPTS: '100' });
    try {
      expect(await ended(operationId!)).toMatchObject({ state: 'succeeded' });
      expect(await find(older)).toMatchObject({ state: 'superseded' });
      expect(checkRuns()).toMatchObject([cancelled(`a newer one for ${newer.headSha} replaced it`)]);
      expect(await eventsOf(older)).toEqual(['annotation_accepted', 'annotation_superseded']);
    } finally {
      await successor.close();
    }
  });
});

const isOf = (request: LoggedRequest, id: number) => isCancelling(request) && request.path.endsWith(`/${id}`);
