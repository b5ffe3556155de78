import { eventually } from '../../support/eventually';
import { Dispatchers, idOf } from './dispatchers';
import { fails, hangs, ScriptedVendor, takes } from './scripted-vendor';

let dispatchers: Dispatchers;

beforeAll(async () => {
  dispatchers = await Dispatchers.open();
});
afterEach(async () => {
  await dispatchers.reset();
  await dispatchers.db.sql("UPDATE integration SET posting = 'online', generation = generation + 1");
});
afterAll(() => dispatchers.close());

const accepted = { wait: 'accepted' } as const;
const parked = { success: false, skippedOffline: true, errorCode: 'offline', isTransient: false };

/** Does not answer while down. `taken` holds the accepted posts, by operation id. */
class FlakyVendor extends ScriptedVendor {
  up = true;
  readonly taken: { operationId: string; place: string }[] = [];

  constructor(ms = 0) {
    super(async ({ operationId, place }) => {
      if (ms > 0) await takes(ms)({} as never);
      if (!this.up) fails('network', 'connection refused')();
      this.taken.push({ operationId, place });
    });
  }

  goes(up: boolean): void {
    this.up = up;
    this.health = up ? { status: 'healthy', code: 'ok' } : { status: 'unhealthy', code: 'tcp_refused' };
  }
}

const switchTo = (posting: 'online' | 'offline') =>
  dispatchers.db.sql('UPDATE integration SET posting = $1, generation = generation + 1', [posting]);

const outages = () => dispatchers.db.sql<{ offline_since: Date | null }>('SELECT offline_since FROM vendor_outage');

describe('an integration whose posting is switched off', () => {
  it('sends nothing, and says why', async () => {
    const vendor = new ScriptedVendor();
    const dispatcher = await dispatchers.start(vendor);
    await switchTo('offline');
    const reply = await dispatcher.comment();
    expect(reply).toMatchObject(parked);
    expect(reply.errorMessage).toContain('posting through this integration is switched off');
    expect(vendor.calls).toEqual([]);
    // The caller may have got its answer from the ledger, before the dispatcher that wrote it counts.
    const counted = await eventually('the count', () => dispatcher.counted.length > 0 && dispatcher.counted);
    expect(counted).toEqual([{ status: 'parked_offline', seconds: null }]);
    await switchTo('online');
    expect(await dispatcher.comment()).toMatchObject({ success: true });
  });

  it('affects operations that wait for another attempt, and those behind them', async () => {
    const vendor = new ScriptedVendor();
    vendor.next(async () => {
      await switchTo('offline');
      fails('network', 'reset', { retryAfterMs: 10 })();
    });
    const dispatcher = await dispatchers.start(vendor);
    const replies = [dispatcher.comment({ body: 'tried' }), dispatcher.comment({ body: 'behind' })];
    expect(await Promise.all(replies)).toMatchObject([parked, parked]);
    expect(vendor.calls).toHaveLength(1);
  });
});

describe('a vendor that cannot be reached', () => {
  it('takes posting offline after the limit, and online again when it answers: everything is posted, in order', async () => {
    const vendor = new FlakyVendor();
    const dispatcher = await dispatchers.start(vendor, { offlineAfterMs: 300, maxAttempts: 50 });
    vendor.goes(false);
    const first = await dispatcher.comment({ body: 'first', updateExisting: false });
    expect(first).toMatchObject(parked);
    expect(first.errorMessage).toContain('connection refused');
    const tried = vendor.calls.length;
    expect(tried).toBeGreaterThan(1);

    const second = await dispatcher.comment({ body: 'second', updateExisting: false });
    const elsewhere = await dispatcher.comment({ pullRequestNumber: 8 });
    expect([second, elsewhere]).toMatchObject([parked, parked]);
    expect(vendor.calls).toHaveLength(tried);
    expect((await dispatchers.events(idOf(second))).map(({ event }) => event)).toEqual([
      'annotation_accepted',
      'annotation_parked',
    ]);

    vendor.goes(true);
    for (const { operationId } of [first, second, elsewhere]) {
      await dispatchers.row(operationId!, ({ state }) => state === 'succeeded');
    }
    const here = vendor.taken.filter(({ place }) => place === 'octo/demo#7').map(({ operationId }) => operationId);
    expect(here).toEqual([first.operationId, second.operationId]);
    await eventually('the outage to be forgotten', async () => ((await outages()).length === 0 ? true : null));
    expect(await dispatcher.comment()).toMatchObject({ success: true });

    const told = dispatcher.lines.map(({ message }) => message);
    expect(told.filter((message) => message.startsWith('vendor'))).toEqual([
      'vendor unreachable; posting is offline until it recovers',
      'vendor reachable again',
    ]);
    const ends = (wanted: string) => dispatcher.counted.filter(({ status }) => status === wanted).length;
    await eventually('the last to be counted', () => ends('succeeded') === 4);
    expect(ends('parked_offline')).toBe(3);
  });

  it.each([
    ['a rate limit', fails('rate_limited', 'slow down', { retryAfterMs: 20, httpStatus: 429 })],
    ['a secret store that is down', fails('secret_unresolvable', 'no store', { retryAfterMs: 20, transient: true })],
    ['a missing permission', fails('permission_missing', 'no', { httpStatus: 403 })],
  ])('is not the same as %s', async (_, failing) => {
    const vendor = new ScriptedVendor(failing);
    const dispatcher = await dispatchers.start(vendor, { offlineAfterMs: 1 });
    await dispatcher.comment({ pullRequestNumber: 20 }, { deadlineMs: 300 });
    expect(await outages()).toEqual([]);
  });

  it('counts as such only without a success between the failures', async () => {
    const vendor = new ScriptedVendor();
    const dispatcher = await dispatchers.start(vendor, { offlineAfterMs: 150, maxAttempts: 2 });
    for (let round = 0; round < 4; round++) {
      vendor.next(fails('provider_unavailable', 'HTTP 502', { retryAfterMs: 100, httpStatus: 502 }));
      expect(await dispatcher.comment({ pullRequestNumber: 30 + round })).toMatchObject({ success: true });
    }
  });

  it('fails an operation that runs out of attempts before the limit', async () => {
    const vendor = new ScriptedVendor(fails('network', 'reset', { retryAfterMs: 10 }));
    const dispatcher = await dispatchers.start(vendor);
    expect(await dispatcher.comment()).toMatchObject({ success: false, errorCode: 'network', skippedOffline: false });
  });

  it('does not keep an operation alive for ever that alone causes the outages: its attempts add up', async () => {
    const vendor = new ScriptedVendor(fails('provider_unavailable', 'HTTP 500', { retryAfterMs: 60, httpStatus: 500 }));
    const dispatcher = await dispatchers.start(vendor, { offlineAfterMs: 100, maxAttempts: 6 });
    const id = idOf(await dispatcher.comment(accepted));
    const row = await dispatchers.row(id, ({ state }) => state === 'failed');
    expect(row).toMatchObject({ attempts: 6, outcome: { errorCode: 'provider_unavailable' } });
    const events = (await dispatchers.events(id)).map(({ event }) => event);
    expect(events.filter((event) => event === 'annotation_parked').length).toBeGreaterThan(0);
    expect(vendor.calls).toHaveLength(6);
  });

  it('never gets an operation whose deadline has passed, unless that is replayed by hand', async () => {
    const vendor = new FlakyVendor();
    const dispatcher = await dispatchers.start(vendor, { offlineAfterMs: 100, maxAttempts: 50 });
    vendor.goes(false);
    const first = await dispatcher.comment({ pullRequestNumber: 60 });
    const late = await dispatcher.comment({ pullRequestNumber: 61, deadlineMs: 60_000 });
    expect([first, late]).toMatchObject([parked, parked]);
    await dispatchers.db.sql('UPDATE annotation_operation SET deadline_at = now() WHERE deadline_at IS NOT NULL');

    vendor.goes(true);
    const row = await dispatchers.row(idOf(late), ({ state }) => state === 'failed');
    expect(row.outcome).toMatchObject({ errorCode: 'deadline_exceeded' });
    expect((await dispatchers.events(idOf(late))).at(-1)).toMatchObject({ event: 'annotation_failed' });
    await dispatchers.row(idOf(first), ({ state }) => state === 'succeeded');
    expect(vendor.taken.map(({ operationId }) => operationId)).toEqual([first.operationId]);

    await dispatchers.db.database.transaction((tx) => dispatchers.operations.requeue('acme', idOf(late), tx));
    await dispatchers.row(idOf(late), ({ state }) => state === 'succeeded');
  });

  it('gets only a few of the parked operations while it answers nothing but probes', async () => {
    const vendor = new FlakyVendor();
    const dispatcher = await dispatchers.start(vendor, { offlineAfterMs: 100, maxAttempts: 50 });
    vendor.goes(false);
    expect(await dispatcher.comment()).toMatchObject(parked);
    const places = Array.from({ length: 20 }, (_, n) => ({ pullRequestNumber: 100 + n }));
    await Promise.all(places.map((place) => dispatcher.comment(place)));
    const before = vendor.calls.length;
    vendor.health = { status: 'healthy', code: 'ok' };
    const reached = () => dispatcher.lines.filter(({ message }) => message === 'vendor reachable again');
    await eventually('three probes', () => reached().length >= 3);
    const tried = new Set(vendor.calls.slice(before).map(({ operationId }) => operationId));
    expect(tried.size).toBeGreaterThan(0);
    expect(tried.size).toBeLessThanOrEqual(8);
  });

  it('is not called while posting is switched off, and nothing is replayed', async () => {
    const vendor = new FlakyVendor();
    const settings = { offlineAfterMs: 100, maxAttempts: 50 };
    const dispatcher = await dispatchers.start(vendor, settings);
    vendor.goes(false);
    const { operationId } = await dispatcher.comment();
    // This one may be about to probe. Another one takes over once posting is switched off.
    await dispatcher.recovery.stop();
    const probes = jest.spyOn(vendor, 'check');
    await switchTo('offline');
    vendor.goes(true);
    const tried = vendor.calls.length;
    await dispatchers.db.sql("UPDATE vendor_outage SET probe_at = now() - interval '1 hour'");
    await dispatchers.start(vendor, settings);
    expect(await dispatcher.comment({ pullRequestNumber: 50 })).toMatchObject(parked);
    await dispatchers.db.sql('UPDATE vendor_outage SET offline_since = NULL, failing_since = NULL');
    expect(await dispatcher.comment({ pullRequestNumber: 51 })).toMatchObject(parked);
    expect(vendor.calls).toHaveLength(tried);
    expect(probes).not.toHaveBeenCalled();
    await switchTo('online');
    await dispatchers.row(operationId!, ({ state }) => state === 'succeeded');
  });

  it('gets new operations only after the parked ones, whichever dispatcher accepts them', async () => {
    const vendor = new FlakyVendor();
    const [one] = await Promise.all([
      dispatchers.start(vendor, { offlineAfterMs: 2_000, maxAttempts: 50 }),
      dispatchers.start(vendor, { offlineAfterMs: 2_000, maxAttempts: 50 }),
    ]);
    vendor.goes(false);
    const first = await one.comment({ body: '1', updateExisting: false });
    expect(first).toMatchObject(parked);
    // The state after an answer and before a replay: the vendor answers, and the first operation still waits.
    await dispatchers.db.sql(`BEGIN; UPDATE vendor_outage SET offline_since = NULL, failing_since = NULL; COMMIT`);
    vendor.goes(true);
    const later = await Promise.all(
      ['2', '3', '4'].map((body) => one.comment({ body, updateExisting: false, ...accepted })),
    );
    const ids = [first, ...later].map(idOf);
    for (const id of ids) await dispatchers.row(id, ({ state }) => state === 'succeeded');
    expect(vendor.taken.map(({ operationId }) => operationId)).toEqual(ids);
  });
});

describe('several dispatchers', () => {
  it('lose, duplicate and reorder nothing while the vendor comes and goes and dispatchers die during replays', async () => {
    const vendor = new FlakyVendor(2);
    const patience = { offlineAfterMs: 2_000, offlineProbeMs: 200, maxAttempts: 1_000 };
    const settings = { ...patience, laneConcurrency: 4, laneLeaseMs: 1_000 };
    const start = () => dispatchers.start(vendor, settings);
    const all = await Promise.all([start(), start(), start()]);
    const ids: string[] = [];
    const ask = async (count: number) => {
      for (let n = 0; n < count; n++) {
        const request = { pullRequestNumber: 400 + (ids.length % 6), updateExisting: false, body: String(ids.length) };
        ids.push(idOf(await all[n % 3]!.comment({ ...request, ...accepted })));
      }
    };

    await ask(18);
    vendor.goes(false);
    await ask(60);
    await eventually('all to be parked', async () => {
      const [{ open }] = (await dispatchers.db.sql<{ open: number }>(
        "SELECT count(*)::int AS open FROM annotation_operation WHERE state IN ('queued', 'running')",
      )) as [{ open: number }];
      return open === 0 ? true : null;
    });
    expect(await outages()).toEqual([{ offline_since: expect.any(Date) }]);

    vendor.goes(true);
    await eventually('the replay to begin', () => (vendor.taken.length > 20 ? true : null));
    // As kill -9 does: attempts in flight are cut off, and open transactions are rolled back.
    vendor.next(hangs, hangs);
    const victim = all[0]!;
    await Promise.all([victim.engine.stop(0), victim.recovery.stop()]);
    await dispatchers.db.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'test' AND pid <> pg_backend_pid()`,
    );
    all[0] = await start();
    await ask(18);

    const rows = await eventually('all to be posted', async () => {
      const found = await dispatchers.db.sql<{ id: string; place: string; state: string }>(
        `SELECT id, state, 'octo/demo#' || pr_number AS place FROM annotation_operation ORDER BY position`,
      );
      return found.every(({ state }) => state === 'succeeded') ? found : null;
    });
    expect(rows.map(({ id }) => id)).toEqual(ids);
    // When retried after a crash, a real plugin finds what it has posted, so each thing exists once.
    expect(vendor.stored.size).toBe(ids.length);
    for (const place of new Set(rows.map((row) => row.place))) {
      const inOrder = rows.filter((row) => row.place === place).map(({ id }) => id);
      const posted = vendor.taken.filter((call) => call.place === place).map(({ operationId }) => operationId);
      expect([...new Set(posted)]).toEqual(inOrder);
    }
  });
});
