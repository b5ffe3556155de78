import type { EgressResponse } from '@integrations/provider-kit';
import { setImmediate } from 'node:timers/promises';
import { ScriptedIdentity } from './__fixtures__/fake-cloud';
import { HeldCredential } from './held-credential';

const HOUR_MS = 3_600_000;
const { signal } = new AbortController();

function answer(status: number): EgressResponse {
  return { status, headers: {}, body: new Uint8Array(), connection: { fresh: true }, text: () => '' };
}

const isRefusal = ({ status }: EgressResponse) => status === 401;

describe('HeldCredential', () => {
  let now = 0;
  const clock = { now: () => now };

  beforeEach(() => (now = 1_000_000));

  /** Makes one call, and returns the credentials that it presented and the status it got. */
  async function shown(credential: HeldCredential<string>, good: (value: string) => boolean = () => true) {
    const values: string[] = [];
    const ask = async (value: string) => {
      values.push(value);
      return answer(good(value) ? 200 : 401);
    };
    const { status } = await credential.use(ask, isRefusal, signal);
    return { values, status };
  }

  it('keeps the credential until five minutes before it expires', async () => {
    const credential = new HeldCredential(new ScriptedIdentity(['one', 'two'], now + HOUR_MS), clock);
    expect((await shown(credential)).values).toEqual(['one']);
    now += HOUR_MS - 300_001;
    expect((await shown(credential)).values).toEqual(['one']);
    now += 1;
    expect((await shown(credential)).values).toEqual(['two']);
  });

  it('renews at half its life what lives for less than ten minutes', async () => {
    const credential = new HeldCredential(new ScriptedIdentity(['one', 'two'], now + 60_000), clock);
    await shown(credential);
    now += 29_999;
    expect((await shown(credential)).values).toEqual(['one']);
    now += 1;
    expect((await shown(credential)).values).toEqual(['two']);
  });

  it('keeps for good what does not expire', async () => {
    const credential = new HeldCredential(new ScriptedIdentity(['one', 'two']), clock);
    await shown(credential);
    now += 1_000 * HOUR_MS;
    expect((await shown(credential)).values).toEqual(['one']);
  });

  it('asks once more with a new credential when the first is refused, and no third time', async () => {
    const credential = new HeldCredential(new ScriptedIdentity(['one', 'two', 'three']), clock);
    expect(await shown(credential, (value) => value !== 'one')).toEqual({ values: ['one', 'two'], status: 200 });
    now += 5_000;
    expect(await shown(credential, () => false)).toEqual({ values: ['two', 'three'], status: 401 });
  });

  it('looks for no other within five seconds, however many are refused', async () => {
    const identity = new ScriptedIdentity(['one', 'two', 'three']);
    const credential = new HeldCredential(identity, clock);
    for (let read = 0; read < 100; read += 1) expect((await shown(credential, () => false)).status).toBe(401);
    expect(identity.acquired).toBe(2);
    now += 5_000;
    expect(await shown(credential, (value) => value === 'three')).toEqual({ values: ['two', 'three'], status: 200 });
  });

  it('acquires once for all who ask together, and once again for all who are refused together', async () => {
    const identity = new ScriptedIdentity(['one', 'two', 'three']);
    const credential = new HeldCredential(identity, clock);
    const all = await Promise.all(Array.from({ length: 20 }, () => shown(credential, (value) => value !== 'one')));
    expect(all.every(({ status }) => status === 200)).toBe(true);
    expect(identity.acquired).toBe(2);
  });

  it('does not look for credentials again within five seconds of a failure, and tells no secret of the SDK', async () => {
    const identity = new ScriptedIdentity<string>([]);
    const credential = new HeldCredential(identity, clock);
    const failure = { code: 'unavailable', message: 'no credentials available for this store (Error)' };
    await expect(shown(credential)).rejects.toMatchObject(failure);
    now += 4_999;
    await expect(shown(credential)).rejects.toMatchObject(failure);
    expect(identity.acquired).toBe(1);
    now += 1;
    await expect(shown(credential)).rejects.toMatchObject(failure);
    expect(identity.acquired).toBe(2);
  });

  it('lets one who gives up go at once, and the next profit from what was begun', async () => {
    const begun = Promise.withResolvers<{ value: string; expiresAt: null }>();
    const acquire = jest.fn(() => begun.promise);
    const credential = new HeldCredential({ isAvailable: () => ({ available: true }), acquire }, clock);
    const controller = new AbortController();
    const given = credential.use(async () => answer(200), isRefusal, controller.signal);
    controller.abort(new Error('given up'));
    await expect(given).rejects.toThrow('given up');
    const next = shown(credential);
    await setImmediate();
    begun.resolve({ value: 'one', expiresAt: null });
    expect((await next).values).toEqual(['one']);
    expect(acquire).toHaveBeenCalledTimes(1);
  });
});
