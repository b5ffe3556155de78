import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually';
import { Dispatchers, idOf, submission } from './dispatchers';
import { fails, ScriptedVendor } from './scripted-vendor';

let dispatchers: Dispatchers;

beforeAll(async () => {
  dispatchers = await Dispatchers.open();
});
afterEach(() => dispatchers.reset());
afterAll(() => dispatchers.close());

describe('a dispatcher that has no plugin for a provider', () => {
  it('leaves accepted operations to another dispatcher, and takes nothing offline', async () => {
    await dispatchers.startWithoutPlugin({ offlineAfterMs: 2_000 });
    const vendor = new ScriptedVendor();
    // This dispatcher has no free slots, so accepted operations are left to claims.
    const other = await dispatchers.start(vendor, { laneConcurrency: 1, lanePollMs: 500 });
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, n) => other.comment({ pullRequestNumber: n + 1, wait: 'accepted' })),
    );
    const rows = await Promise.all(replies.map((reply) => dispatchers.row(idOf(reply))));
    expect(rows.map(({ state, attempts }) => [state, attempts])).toEqual(rows.map(() => ['succeeded', 1]));
    expect(await dispatchers.db.sql('SELECT * FROM vendor_outage')).toEqual([]);
  });

  it('accepts operations for others to post, in order, and answers callers that wait for them', async () => {
    const vendor = new ScriptedVendor();
    const lacking = await dispatchers.startWithoutPlugin();
    const waiting = idOf(await lacking.comment({ body: 'first', wait: 'accepted' }));
    await lacking.submissions.handle(submission({ body: 'second' }));
    const third = lacking.comment({ body: 'third' });
    await eventually(
      'all three',
      async () => (await dispatchers.db.sql('SELECT FROM annotation_operation')).length === 3,
    );
    expect(await dispatchers.row(waiting, () => true)).toMatchObject({ state: 'queued', attempts: 0 });

    await dispatchers.start(vendor);
    expect(await third).toMatchObject({ success: true });
    expect(vendor.calls.map(({ body }) => body)).toEqual(['first', 'second', 'third']);
    expect(lacking.lines).toContainEqual({
      level: 'warn',
      message: 'accepted without its plugin; another dispatcher must post it',
      fields: expect.objectContaining({
        err: expect.objectContaining({ message: expect.stringContaining('scripted') }),
      }),
    });
  });

  it("does not probe the provider's vendors, which only a dispatcher with the plugin can", async () => {
    const vendor = new ScriptedVendor(fails('network', 'down'));
    vendor.health = { status: 'unhealthy', code: 'tcp_refused' };
    const other = await dispatchers.start(vendor, { offlineAfterMs: 200, maxAttempts: 50, offlineProbeMs: 200 });
    await other.comment({ wait: 'accepted' });
    const offline = `SELECT FROM vendor_outage WHERE offline_since IS NOT NULL`;
    await eventually('posting to be offline', async () => (await dispatchers.db.sql(offline)).length === 1);
    await Promise.all([other.engine.stop(0), other.recovery.stop()]);
    await dispatchers.db.sql(`UPDATE vendor_outage SET probe_at = now() - interval '1 minute'`);
    const probeAt = () => dispatchers.db.sql('SELECT probe_at FROM vendor_outage');
    const before = await probeAt();
    await dispatchers.startWithoutPlugin();
    // At least two polling rounds.
    await sleep(1_200);
    expect(await probeAt()).toEqual(before);
  });
});
