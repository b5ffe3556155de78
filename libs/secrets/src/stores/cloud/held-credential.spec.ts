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
  async function use(credential: HeldCredential<string>, isValid: (value: string) => boolean = () => true) {
    const values: string[] = [];
    const ask = async (value: string) => {
      values.push(value);
      return answer(isValid(value) ? 200 : 401);
    };
    const { status } = await credential.use(ask, isRefusal, signal);
    return { values, status };
  }

  it('reuses a credential until five minutes before it expires', async () => {
    const credential = new HeldCredential(new ScriptedIdentity(['one', 'two'], now + HOUR_MS), clock);
    expect((await use(credential)).values).toEqual(['one']);
    now += HOUR_MS - 300_001;
    expect((await use(credential)).values).toEqual(['one']);
    now += 1;
    expect((await use(credential)).values).toEqual(['two']);
  });

  it('renews a credential that lives for less than ten minutes at half its life', async () => {
    const credential = new HeldCredential(new ScriptedIdentity(['one', 'two'], now + 60_000), clock);
    await use(credential);
    now += 29_999;
    expect((await use(credential)).values).toEqual(['one']);
    now += 1;
    expect((await use(credential)).values).toEqual(['two']);
  });

  it('keeps a credential that does not expire', async () => {
    const credential = new HeldCredential(new ScriptedIdentity(['one', 'two']), clock);
    await use(credential);
    now += 1_000 * HOUR_MS;
    expect((await use(credential)).values).toEqual(['one']);
  });

  it('retries a refused call once, with a new credential', async () => {
    const credential = new HeldCredential(new ScriptedIdentity(['one', 'two', 'three']), clock);
    expect(await use(credential, (value) => value !== 'one')).toEqual({ values: ['one', 'two'], status: 200 });
    now += 5_000;
    expect(await use(credential, () => false)).toEqual({ values: ['two', 'three'], status: 401 });
  });

  it('replaces a refused credential at most every five seconds, however many calls are refused', async () => {
    const identity = new ScriptedIdentity(['one', 'two', 'three']);
    const credential = new HeldCredential(identity, clock);
    for (let read = 0; read < 100; read += 1) expect((await use(credential, () => false)).status).toBe(401);
    expect(identity.acquired).toBe(2);
    now += 5_000;
    expect(await use(credential, (value) => value === 'three')).toEqual({ values: ['two', 'three'], status: 200 });
  });

  it('acquires once for all concurrent callers, and once more when they are all refused', async () => {
    const identity = new ScriptedIdentity(['one', 'two', 'three']);
    const credential = new HeldCredential(identity, clock);
    const all = await Promise.all(Array.from({ length: 20 }, () => use(credential, (value) => value !== 'one')));
    expect(all.every(({ status }) => status === 200)).toBe(true);
    expect(identity.acquired).toBe(2);
  });

  it('does not look for credentials again within five seconds of a failure, and hides the message of the SDK', async () => {
    const identity = new ScriptedIdentity<string>([]);
    const credential = new HeldCredential(identity, clock);
    const failure = { code: 'unavailable', message: 'no credentials available for this store (Error)' };
    await expect(use(credential)).rejects.toMatchObject(failure);
    now += 4_999;
    await expect(use(credential)).rejects.toMatchObject(failure);
    expect(identity.acquired).toBe(1);
    now += 1;
    await expect(use(credential)).rejects.toMatchObject(failure);
    expect(identity.acquired).toBe(2);
  });

  it('lets an aborted caller go at once, and continues the acquisition for the next one', async () => {
    const begun = Promise.withResolvers<{ value: string; expiresAt: null }>();
    const acquire = jest.fn(() => begun.promise);
    const credential = new HeldCredential({ isAvailable: () => ({ available: true }), acquire }, clock);
    const controller = new AbortController();
    const aborted = credential.use(async () => answer(200), isRefusal, controller.signal);
    controller.abort(new Error('aborted up'));
    await expect(aborted).rejects.toThrow('aborted up');
    const next = use(credential);
    await setImmediate();
    begun.resolve({ value: 'one', expiresAt: null });
    expect((await next).values).toEqual(['one']);
    expect(acquire).toHaveBeenCalledTimes(1);
  });
});
