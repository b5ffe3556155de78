import type { ProbeVerdict } from '@integrations/contracts';
import type { HealthRow } from '@integrations/database';
import { eventually } from '../../support/eventually';
import { DOWN, REFUSED, verdict, type Vendor, Workers } from './workers';

let workers: Workers;
/** The answer of every vendor, and how often vendors were called. */
let answer: Partial<ProbeVerdict>;
let asked: number;

const vendor: Vendor = async () => {
  asked += 1;
  return verdict(answer);
};

beforeEach(async () => {
  workers = await Workers.open();
  [answer, asked] = [{}, 0];
});
afterEach(() => workers.close());

async function round(): Promise<void> {
  await workers.dueAgain();
  await workers.idle();
}

const statuses = async () => [...new Set((await workers.healths()).map(({ status }) => status))];

describe('when more hosts fail at once than vendors ever do', () => {
  beforeEach(async () => {
    await workers.due(24);
    await workers.start({ vendor });
    await workers.idle();
    answer = DOWN;
  });

  it('nothing is called unhealthy, and that is told once', async () => {
    // By the end of this round the worker knows; the targets that it checked first have counted a failure.
    await round();
    const before = await workers.healths();
    for (let n = 0; n < 3; n++) await round();
    expect(asked).toBeGreaterThanOrEqual(5 * 24);
    expect(await statuses()).toEqual(['healthy']);
    expect(await workers.events('health_changed')).toHaveLength(24);
    const checkedAt = ({ integrationId, checkedAt: at }: (typeof before)[number]) => [integrationId, at];
    expect((await workers.healths()).map(checkedAt).sort()).toEqual(before.map(checkedAt).sort());
    const data = { worker: expect.any(String), hosts: 24, turnedBad: expect.any(Number), since: expect.any(String) };
    expect(await workers.events('prober_degraded')).toEqual([
      { integration_id: '00000000-0000-0000-0000-000000000000', data },
    ]);
    expect(await workers.events('prober_recovered')).toEqual([]);
  });

  it('successes still count', async () => {
    await round();
    answer = {};
    await round();
    expect((await workers.healths()).every(({ successes, failures }) => successes > 0 && failures === 0)).toBe(true);
    expect((await workers.healths()).filter(({ successes }) => successes === 2).length).toBeGreaterThan(0);
  });
});

it("a vendor's text is stored without characters that PostgreSQL cannot store, and blocks no other result", async () => {
  await workers.due(2);
  answer = { ...DOWN, message: 'a\u0000b\ud800', principal: { id: 'robot\u0000', kind: 'user' } };
  await workers.start({ vendor });
  await workers.idle();
  const verdict = { message: 'ab\ufffd', principal: { id: 'robot', kind: 'user' } };
  expect(await workers.healths()).toMatchObject([
    { message: 'ab\ufffd', verdict },
    { message: 'ab\ufffd', verdict },
  ]);
  expect(asked).toBe(2);
});

it('results are stored during maintenance, but nothing is published or counted', async () => {
  const [row] = await workers.due(1);
  await workers.start({ vendor });
  await workers.idle();
  await workers.db.sql(`UPDATE integration SET maintenance_until = now() + interval '1 hour'`);
  answer = DOWN;
  for (let n = 0; n < 4; n++) await round();
  expect(await workers.healths()).toMatchObject([
    { integrationId: row!.id, status: 'healthy', failures: 0, successes: 1, verdict: { code: 'tcp_refused' } },
  ]);
  expect(await workers.events('health_changed')).toHaveLength(1);
  expect(await workers.db.sql(`SELECT FROM health_result WHERE code = 'tcp_refused'`)).toHaveLength(4);
  expect(await workers.db.sql('SELECT FROM health_transition')).toHaveLength(1);
});

it('a credential that was refused twice is not sent again until its version changes', async () => {
  await workers.due(1);
  let version = 'v1';
  await workers.start({ vendor, version: () => version });
  await workers.idle();
  answer = REFUSED;
  await round();
  await round();
  expect(await statuses()).toEqual(['unhealthy']);
  const sent = asked;
  const [before] = await workers.healths();
  await round();
  await round();
  expect(asked).toBe(sent);
  const [after] = await workers.healths();
  expect(after).toEqual({ ...before, checkedAt: after!.checkedAt, intervalSeconds: 900 });
  expect(after!.checkedAt > before!.checkedAt).toBe(true);

  [version, answer] = ['v2', {}];
  await round();
  expect(asked).toBe(sent + 1);
});

it('the gap after a time without checks is recorded even if the credential is still refused', async () => {
  await workers.due(1);
  await workers.start({ vendor });
  await workers.idle();
  answer = REFUSED;
  await round();
  await round();
  const sent = asked;
  await workers.db.sql(`UPDATE integration_health SET interval_seconds = 900, checked_at = now() - interval '2 hours'`);
  const [{ checkedAt: before }] = (await workers.healths()) as [HealthRow];
  await round();
  await round();
  expect(asked).toBe(sent);
  const gaps = await workers.db.sql<{ began_at: Date; ended_at: Date }>('SELECT began_at, ended_at FROM health_gap');
  expect(gaps).toEqual([{ began_at: new Date(before.getTime() + 45 * 60_000), ended_at: expect.any(Date) }]);
  expect(Date.now() - gaps[0]!.ended_at.getTime()).toBeLessThan(60_000);
});

it('a credential that was refused twice is not sent again during maintenance either, until that is over', async () => {
  const [row] = await workers.due(1);
  await workers.start({ vendor });
  await workers.idle();
  const until = `UPDATE integration SET maintenance_until = now() + $2::interval WHERE id = $1`;
  await workers.db.sql(until, [row!.id, '1 hour']);
  answer = REFUSED;
  for (let n = 0; n < 5; n++) await round();
  expect(asked).toBe(1 + 2);
  expect(await statuses()).toEqual(['healthy']);

  await workers.db.sql(until, [row!.id, '-1 hour']);
  for (let n = 0; n < 5; n++) await round();
  expect(asked).toBe(1 + 2 + 2);
  expect(await statuses()).toEqual(['unhealthy']);
});

describe('a refused credential of a shared target', () => {
  const endpoint = 'https://shared.example';
  const ofTwo = async () => (await workers.healths()).map(({ status }) => status).sort();

  it('is recorded as refused for an integration in maintenance once that is over', async () => {
    const [maintained] = await workers.due(1, { endpoint });
    await workers.due(1, { endpoint });
    await workers.start({ vendor });
    await workers.idle();
    const until = `UPDATE integration SET maintenance_until = now() + $2::interval WHERE id = $1`;
    await workers.db.sql(until, [maintained!.id, '1 hour']);
    answer = REFUSED;
    for (let n = 0; n < 3; n++) await round();
    expect(await ofTwo()).toEqual(['healthy', 'unhealthy']);
    const sent = asked;
    await round();
    expect(asked).toBe(sent);

    await workers.db.sql(until, [maintained!.id, '-1 hour']);
    for (let n = 0; n < 4; n++) await round();
    expect(await ofTwo()).toEqual(['unhealthy', 'unhealthy']);
    expect(asked).toBe(sent + 2);
  });

  it('is recorded as refused for an integration that was moved to the target by an edit', async () => {
    const [edited] = await workers.due(1, { endpoint: 'https://other.example' });
    await workers.due(1, { endpoint });
    await workers.start({ vendor: async ({ endpoint: of }) => verdict(of === endpoint ? REFUSED : {}) });
    for (let n = 0; n < 3; n++) await round();
    expect(await ofTwo()).toEqual(['healthy', 'unhealthy']);

    await workers.db.sql('UPDATE integration SET endpoint = $2 WHERE id = $1', [edited!.id, endpoint]);
    await workers.schedule.put(edited!.id, edited!.tenantId, edited!.intervalSeconds, new Date());
    for (let n = 0; n < 4; n++) await round();
    expect(await ofTwo()).toEqual(['unhealthy', 'unhealthy']);
  });
});

it('an expiring credential is announced once, even if a check in between could not see the expiry', async () => {
  await workers.due(1);
  const ending = { credential: { version: 'v1', expiresAt: new Date(Date.now() + 5 * 86_400_000).toISOString() } };
  answer = ending;
  await workers.start({ vendor });
  await workers.idle();
  answer = { ...DOWN, credential: { version: 'v1' } };
  await round();
  expect(await workers.healths()).toMatchObject([{ verdict: { code: 'tcp_refused', ...ending } }]);
  answer = ending;
  await round();
  expect(await workers.events('credential_expiring')).toMatchObject([{ data: { daysLeft: 4 } }]);
});

it('a short failure of the database loses no result', async () => {
  await workers.due(5);
  await workers.db.sql('ALTER TABLE health_transition ADD CONSTRAINT closed CHECK (false)');
  await workers.start({ vendor });
  await eventually('the probes', () => (asked === 5 ? true : null));
  expect(await workers.healths()).toEqual([]);
  await workers.db.sql('ALTER TABLE health_transition DROP CONSTRAINT closed');
  await eventually('the healths', async () => ((await workers.healths()).length === 5 ? true : null));
  expect(asked).toBe(5);
  expect(await workers.events('health_changed')).toHaveLength(5);
});
