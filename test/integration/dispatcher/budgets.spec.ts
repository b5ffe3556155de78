import { fails, ScriptedVendor } from './scripted-vendor';
import { Dispatchers, idOf } from './dispatchers';
import { eventually } from '../../support/eventually';

let dispatchers: Dispatchers;

beforeAll(async () => {
  dispatchers = await Dispatchers.open();
});
afterEach(() => dispatchers.reset());
afterAll(() => dispatchers.close());

/** A lower bound for the calls in the busiest window: each call was granted between its request and its post. */
function mostWithin(ms: number, { posted }: ScriptedVendor): number {
  return Math.max(
    ...posted.map((first) => posted.filter(({ at }) => at >= first.at && at < first.askedAt + ms).length),
  );
}

describe('the budget of a credential', () => {
  it('is kept by two dispatchers together in every window, and every operation is posted once', async () => {
    const vendor = new ScriptedVendor();
    vendor.limits = [
      { max: 2, perMs: 400 },
      { max: 5, perMs: 2_000 },
    ];
    const [one, two] = [await dispatchers.start(vendor), await dispatchers.start(vendor)];
    const asked = Array.from({ length: 12 }, (_, n) =>
      (n % 2 ? one : two).comment({ pullRequestNumber: n + 1, updateExisting: false }),
    );
    const replies = await Promise.all(asked);

    expect(replies.filter(({ success }) => success)).toHaveLength(12);
    expect(vendor.stored.size).toBe(12);
    expect(vendor.posted).toHaveLength(12);
    expect(mostWithin(400, vendor)).toBeLessThanOrEqual(2);
    expect(mostWithin(2_000, vendor)).toBeLessThanOrEqual(5);
    for (const reply of replies) expect(await dispatchers.row(idOf(reply))).toMatchObject({ attempts: 1 });
    expect([...one.counted, ...two.counted].map(({ status }) => status)).toContain('waits');
  });

  it('keeps the order of each lane, and does not affect lanes of another credential', async () => {
    const otherIsPosted = Promise.withResolvers<void>();
    const vendor = new ScriptedVendor(({ body }) => (body === 'second' ? otherIsPosted.promise : undefined));
    vendor.limits = [{ max: 1, perMs: 1_000 }];
    const dispatcher = await dispatchers.start(vendor, { laneConcurrency: 2 });
    const bodies = ['first', 'second', 'third'];
    const busy = bodies.map((body) => dispatcher.comment({ owner: 'busy', body, updateExisting: false }));
    await eventually('the first wait', () => dispatcher.counted.find(({ status }) => status === 'waits'));
    const other = await dispatcher.comment({ owner: 'other' });
    expect(other.success).toBe(true);
    otherIsPosted.resolve();
    await Promise.all(busy);
    const posted = vendor.calls.filter(({ place }) => place.startsWith('busy'));
    expect([...new Set(posted.map(({ body }) => body))]).toEqual(bodies);
    expect(vendor.mostAtOnce).toBe(1);
  });

  it('fails an operation at once if its turn would come after its deadline', async () => {
    const vendor = new ScriptedVendor();
    vendor.limits = [{ max: 1, perMs: 60_000 }];
    const dispatcher = await dispatchers.start(vendor);
    await dispatcher.comment({ pullRequestNumber: 1 });
    const late = await dispatcher.comment({ pullRequestNumber: 2, deadlineMs: 5_000 });
    expect(late).toMatchObject({ success: false, errorCode: 'deadline_exceeded' });
    expect(await dispatchers.db.sql('SELECT FROM annotation_turn')).toHaveLength(1);
  });

  it('fails an operation with rate_limited if it would have to wait longer than allowed', async () => {
    const vendor = new ScriptedVendor();
    vendor.limits = [{ max: 1, perMs: 60_000 }];
    const dispatcher = await dispatchers.start(vendor, { rateLimitMaxWaitMs: 30_000 });
    await dispatcher.comment({ pullRequestNumber: 1 });
    const given = await dispatcher.comment({ pullRequestNumber: 2 });
    expect(given).toMatchObject({ success: false, errorCode: 'rate_limited', isTransient: true });
    expect(await dispatchers.row(idOf(given))).toMatchObject({ state: 'failed' });
  });
});

describe('a vendor that asks us to wait', () => {
  it('is left alone by every lane of the credential in every dispatcher, but not by another credential’s lanes', async () => {
    const vendor = new ScriptedVendor();
    vendor.limits = [];
    vendor.next(fails('rate_limited', 'slow down', { retryAfterMs: 2_000 }));
    const [one, two] = [await dispatchers.start(vendor), await dispatchers.start(vendor)];
    const first = one.comment({ pullRequestNumber: 1 });
    await eventually('the hold', () => one.counted.find(({ status }) => status === 'held'));
    await eventually('the hold to be known', async () => {
      const held = await dispatchers.db.sql('SELECT FROM annotation_budget WHERE held_until IS NOT NULL');
      return held.length > 0 ? true : null;
    });
    const [toldAt] = vendor.posted.map(({ at }) => at);

    const others = [2, 3, 4].map((pullRequestNumber) => two.comment({ pullRequestNumber }));
    expect(await two.comment({ owner: 'other' })).toMatchObject({ success: true });
    const replies = await Promise.all([first, ...others]);
    expect(replies.every(({ success }) => success)).toBe(true);
    const again = vendor.posted.slice(1).filter(({ owner }) => owner === 'octo');
    expect(again).toHaveLength(4);
    for (const { at } of again) expect(at - toldAt!).toBeGreaterThanOrEqual(2_000);
    for (const reply of replies) expect(await dispatchers.row(idOf(reply))).toMatchObject({ attempts: 1 });
  });
});
