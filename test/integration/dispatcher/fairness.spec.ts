import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually';
import { entry } from '../database/support';
import { Dispatchers } from './dispatchers';
import { ScriptedVendor } from './scripted-vendor';

let dispatchers: Dispatchers;

beforeAll(async () => {
  dispatchers = await Dispatchers.open();
});
afterEach(() => dispatchers.reset());
afterAll(() => dispatchers.close());

const LANES = 20;
const EACH = 4;

describe('lanes with much to do', () => {
  /** Starts busy lanes with a backlog each. Nothing is posted before everything is accepted. */
  async function startBusy(laneConcurrency: number) {
    const accepted = Promise.withResolvers<void>();
    const vendor = new ScriptedVendor(async () => {
      await accepted.promise;
      await sleep(60);
    });
    const dispatcher = await dispatchers.start(vendor, { laneConcurrency });
    for (let n = 0; n < LANES * EACH; n++) {
      await dispatcher.comment({ pullRequestNumber: (n % LANES) + 1, updateExisting: false, wait: 'accepted' });
    }
    accepted.resolve();
    return { vendor, dispatcher };
  }

  const placesOf = ({ calls }: ScriptedVendor) => calls.map(({ place }) => place);

  it('take turns: every lane has started before any one continues', async () => {
    const { vendor } = await startBusy(10);
    await dispatchers.idle();
    expect(vendor.calls).toHaveLength(LANES * EACH);
    expect(new Set(placesOf(vendor).slice(0, LANES)).size).toBe(LANES);
  });

  it('do not hold up a new lane whose caller is waiting', async () => {
    const { vendor, dispatcher } = await startBusy(8);
    await eventually('every lane to have begun', () => (new Set(placesOf(vendor)).size === LANES ? true : null));
    const asked = dispatcher.comment({ owner: 'new' });
    await eventually('it to be accepted', async () => {
      const accepted = await dispatchers.db.sql(`SELECT FROM annotation_operation WHERE owner = 'new'`);
      return accepted.length === 1;
    });
    const before = vendor.calls.length;
    await asked;
    await dispatchers.idle();
    const passed = placesOf(vendor).findIndex((place) => place.startsWith('new')) - before;
    expect(passed).toBeLessThanOrEqual(8);
    expect(vendor.calls).toHaveLength(LANES * EACH + 1);
  });
});

describe('a claim', () => {
  it('prefers new lanes to those served before, until the latter have waited for five seconds', async () => {
    const { operations, db, integrationId: id } = dispatchers;
    const enter = (lane: string) => operations.enter(entry({ id, tenantId: 'acme' }, { lane }, { leaseMs: null }));
    const next = async () => (await operations.claimAndBegin({ limit: 1, leaseMs: 30_000 }))[0]?.lease.lane;
    const due = (lane: string, seconds: number) =>
      db.sql(`UPDATE annotation_lane SET due_at = now() - $2 * interval '1 second' WHERE lane = $1`, [lane, seconds]);
    for (const lane of ['served', 'impatient', 'new', 'newer']) await enter(lane);
    await db.sql(`UPDATE annotation_lane SET served = lane IN ('served', 'impatient')`);
    await Promise.all([due('served', 1), due('impatient', 9), due('new', 0.5), due('newer', 0)]);
    expect([await next(), await next(), await next(), await next(), await next()]).toEqual([
      'impatient',
      'new',
      'newer',
      'served',
      undefined,
    ]);
  });
});
