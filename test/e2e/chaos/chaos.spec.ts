import { setTimeout as sleep } from 'node:timers/promises';
import { eventSource } from '@integrations/contracts';
import { Consumer } from '../../integration/nothing-lost/consumer';
import { type AppProcess, startApp } from '../../support/app-process';
import { eventually } from '../../support/eventually';
import { type FakeGitHub, generateAppKey, startFakeGitHub } from '../../support/fake-github/index.ts';
import { startTestPostgres, type TestPostgres } from '../../support/postgres';
import { Platform } from '../platform';
import { Ledger, type LedgerRow } from './ledger';
import { Random } from './random';
import { Scanners } from './scanners';
import { OWNER, PULLS, REPOSITORY, submissions } from './submissions';
import { misbehave, refuseWithoutSayingUntilWhen } from './vendor-faults';
import { brokenRuns, stateOf } from './vendor-state';

/** The default ends while one waits; our goal of 2,000 takes some minutes. */
const OPERATIONS = Number(process.env.CHAOS_OPERATIONS ?? 150);
const IS_LONG = OPERATIONS >= 2_000;
/** Decides the requests, what is killed when, and how likely GitHub fails; how these coincide is not repeatable. */
const SEED = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 1e6));
/** Something is killed in each round. */
const ROUNDS = Math.max(6, Math.ceil(OPERATIONS / 80));
const TEST_TIMEOUT_MS = 240_000 + 300 * OPERATIONS;
/** Long enough for operations to be parked, and for the recovery to be noticed. */
const OUTAGE_MS = 4_000;

const key = generateAppKey();
const random = new Random(SEED);
const all = submissions(OPERATIONS, random);

let postgres: TestPostgres;
let platform: Platform;
let ledger: Ledger;
let consumer: Consumer;
let scanners: Scanners;
const dispatchers: AppProcess[] = [];
/** Only the first is disturbed. */
let vendors: [FakeGitHub, FakeGitHub];
let integrations: [string, string];
let isVendorDown = false;

beforeAll(async () => {
  postgres = await startTestPostgres();
  platform = await Platform.start(postgres);
  vendors = [await startVendor(), await startVendor()];
  integrations = await register(vendors);
  for (let count = 0; count < 2; count++) dispatchers.push(await startDispatcher());
  ledger = new Ledger(postgres.url);
  consumer = await Consumer.start(platform.nats.url);
  scanners = await Scanners.start(platform.nats.url);
});

afterAll(async () => {
  await Promise.all([scanners?.stop(), consumer?.stop(), ...dispatchers.map((dispatcher) => dispatcher.stop())]);
  await platform?.stop();
  await Promise.all((vendors ?? []).map((vendor) => vendor.stop()));
});

const disturbances: Readonly<Record<string, () => Promise<void>>> = {
  'a dispatcher': () => restartDispatcher(random.below(dispatchers.length)),
  NATS: () => platform.nats.restart(),
  PostgreSQL: () => postgres.restart(),
  'both dispatchers': async () => {
    await Promise.all(dispatchers.map((_, index) => restartDispatcher(index)));
  },
  'a dispatcher, NATS and PostgreSQL': async () => {
    const index = random.below(dispatchers.length);
    const killed = dispatchers[index]!.kill();
    await Promise.all([killed, platform.nats.restart(), postgres.restart()]);
    dispatchers[index] = await startDispatcher();
  },
  GitHub: async () => {
    isVendorDown = true;
    await sleep(OUTAGE_MS);
    isVendorDown = false;
  },
};

it(
  `posts ${OPERATIONS} operations once and in order while dispatchers, NATS, PostgreSQL and GitHub fail (seed ${SEED})`,
  async () => {
    const [github, undisturbed] = vendors;
    github.inject({ processed: false, reply: { status: 503 }, times: Infinity, when: () => isVendorDown });
    misbehave(github, new Random(SEED));
    let names: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      if (names.length === 0) names = random.shuffled(Object.keys(disturbances));
      const share = all.slice((round * OPERATIONS) / ROUNDS, ((round + 1) * OPERATIONS) / ROUNDS);
      const disturb = sleep(random.below(300)).then(disturbances[names.pop()!]);
      if (IS_LONG && round === Math.floor(ROUNDS / 2)) refuseWithoutSayingUntilWhen(github);
      await Promise.all([scanners.submit(share, integrations[0]), disturb]);
    }
    // The same requests once more without faults, while the disturbed operations come to an end.
    await scanners.submit(all, integrations[1]);
    await eventually('the ledger to be done', async () => (await ledger.isDone(2 * OPERATIONS)) || null, 180_000);
    await eventually('the consumer', async () => (await consumer.isDone()) || null, 30_000).catch(() => undefined);

    expect(scanners.complaints).toEqual([]);
    expect(brokenRuns(github)).toEqual([]);
    expect(stateOf(github)).toEqual(stateOf(undisturbed));
    for (const integrationId of integrations) {
      const rows = await ledger.operations(integrationId);
      expect(rows.map(({ idempotencyKey }) => idempotencyKey).sort()).toEqual(
        all.map(({ request }) => `${integrationId}:${request.idempotencyKey}`).sort(),
      );
      expect(rows.filter(isNotPosted(rows))).toEqual([]);
      expect(rows.filter(isOutOfOrder())).toEqual([]);
    }
    // Otherwise nothing would have been tested.
    expect((await ledger.operations(integrations[0])).some(({ attempts }) => attempts > 1)).toBe(true);
    await expectEventsOnce();
    for (const vendor of vendors) expect(vendor.violations).toEqual([]);
  },
  TEST_TIMEOUT_MS,
);

/** Whether an operation ended badly; `superseded` is a good end only if something newer was posted. */
function isNotPosted(rows: readonly LedgerRow[]): (row: LedgerRow) => boolean {
  const revisions = new Map(all.map(({ request }) => [request.idempotencyKey, request['revision'] as number]));
  const revisionOf = ({ idempotencyKey }: LedgerRow) => revisions.get(idempotencyKey.split(':')[1]!) ?? -1;
  const groupOf = ({ lane, upsertKey }: LedgerRow) => `${lane} ${upsertKey}`;
  const posted = Map.groupBy(
    rows.filter(({ state }) => state === 'succeeded'),
    groupOf,
  );
  return (row) => {
    if (row.state !== 'superseded' || row.upsertKey === null) return row.state !== 'succeeded';
    return !posted.get(groupOf(row))?.some((other) => revisionOf(other) > revisionOf(row));
  };
}

/**
 * Whether an operation ended before one that its lane had accepted earlier; called with rows in order of acceptance.
 */
function isOutOfOrder(): (row: LedgerRow) => boolean {
  const ends = new Map<string, number>();
  return ({ lane, state, finishedAt }) => {
    if (state !== 'succeeded' || !finishedAt) return false;
    const before = ends.get(lane) ?? 0;
    ends.set(lane, Math.max(before, finishedAt.getTime()));
    return finishedAt.getTime() < before;
  };
}

/**
 * Expects the acceptance and the end of each operation to have reached a consumer that follows the sequence, once each.
 */
async function expectEventsOnce(): Promise<void> {
  expect(consumer.complaints).toEqual([]);
  const recorded = await ledger.events();
  for (const integrationId of integrations) {
    const source = eventSource('default', integrationId);
    const ids = recorded.filter((row) => row.source === source).map(({ eventId }) => eventId);
    expect(consumer.taken.get(source)?.map(({ eventId }) => eventId)).toEqual(ids);
  }
  const told = recorded.filter(({ event }) => event.startsWith('annotation_') && event !== 'annotation_parked');
  const ends = Map.groupBy(told, ({ operationId }) => operationId);
  expect(ends.size).toBe(2 * OPERATIONS);
  const unusual = [...ends.values()]
    .map((events) => events.map(({ event }) => event).sort())
    .filter((events) => !/^annotation_accepted,annotation_(posted|superseded)$/.test(events.join()));
  expect(unusual).toEqual([]);
}

function startVendor(): Promise<FakeGitHub> {
  const repositories = [{ name: REPOSITORY, pulls: PULLS }];
  return startFakeGitHub({
    appId: 4711,
    publicKey: key.publicKey,
    installations: [{ id: 99, account: OWNER, repositories }],
    latencyMs: 20,
  });
}

/** Over REST, through an API that is stopped afterwards. */
async function register(githubs: readonly FakeGitHub[]): Promise<[string, string]> {
  const api = await startApp('catalog-api', platform.env);
  const authRef = platform.storeSecret('github/app.pem', key.privateKey);
  const replies = await Promise.all(
    githubs.map(({ url: endpoint }, index) =>
      platform.rest(api.url, 'POST', '/integrations', {
        ...{ name: `GitHub ${index}`, type: 'scm', provider: 'github_app', endpoint, authRef },
        config: { appId: 4711, installationId: 99 },
      }),
    ),
  );
  await api.stop();
  expect(replies).toMatchObject([{ status: 201 }, { status: 201 }]);
  return [replies[0]!.body.id, replies[1]!.body.id];
}

function startDispatcher(): Promise<AppProcess> {
  return startApp('annotation-dispatcher', {
    ...platform.env,
    LANE_POLL_MS: '50',
    // Longer than this process, which plays GitHub, may wait for a processor: nobody could find a write that GitHub
    // carries out only after the next attempt has looked for it.
    LANE_LEASE_MS: '5000',
    ATTEMPT_TIMEOUT_MS: '12000',
    // Each kill costs the operations in flight an attempt.
    MAX_ATTEMPTS: '100',
    OFFLINE_AFTER_MS: '2000',
    OFFLINE_PROBE_MS: '1000',
  });
}

async function restartDispatcher(index: number): Promise<void> {
  await dispatchers[index]!.kill();
  dispatchers[index] = await startDispatcher();
}
