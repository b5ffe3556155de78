import { getEventListeners } from 'node:events';
import { createTokenCache, type MintedToken, type TokenCacheOptions } from './token-cache';

const MINUTE = 60_000;
const never = new AbortController().signal;

function setUp(options: TokenCacheOptions = {}) {
  let now = 1_000_000;
  const cache = createTokenCache({ now: () => now }, options);
  let minted = 0;
  const mint = jest.fn(async (): Promise<MintedToken> => ({
    token: `t${++minted}`,
    mintedAt: now,
    expiresAt: now + 60 * MINUTE,
  }));
  const get = async (key: string[], from: typeof mint = mint, signal = never) =>
    (await cache.get(key, from, signal)).token;
  return { cache, mint, get, pass: (ms: number) => (now += ms), now: () => now };
}

/** A mint that the test settles by hand. */
function slowMint(now: () => number) {
  const settle = Promise.withResolvers<string>();
  const signals: AbortSignal[] = [];
  const mint = jest.fn(async (signal: AbortSignal): Promise<MintedToken> => {
    signals.push(signal);
    const token = await settle.promise;
    return { token, mintedAt: now(), expiresAt: now() + 60 * MINUTE };
  });
  return { mint, signals, ...settle };
}

describe('The token cache', () => {
  it('keeps a token until five minutes before it expires', async () => {
    const { get, pass } = setUp();
    expect(await get(['a'])).toBe('t1');
    pass(55 * MINUTE - 1);
    expect(await get(['a'])).toBe('t1');
    pass(1);
    expect(await get(['a'])).toBe('t2');
  });

  it('keeps a token with a lifetime of one minute for half a minute', async () => {
    const { cache, pass, now } = setUp();
    const mint = jest.fn(async () => ({ token: 'short', mintedAt: now(), expiresAt: now() + MINUTE }));
    await cache.get(['a'], mint, never);
    pass(29_999);
    await cache.get(['a'], mint, never);
    expect(mint).toHaveBeenCalledTimes(1);
    pass(1);
    await cache.get(['a'], mint, never);
    expect(mint).toHaveBeenCalledTimes(2);
  });

  it('tells apart keys that read the same when joined', async () => {
    const { get } = setUp();
    const keys = [['a', 'b,c'], ['a,b', 'c'], ['a', 'b', 'c'], ['a","b', 'c'], ['a', ''], ['a']];
    const tokens = [];
    for (const key of keys) tokens.push(await get(key));
    expect(new Set(tokens).size).toBe(keys.length);
    for (const [index, key] of keys.entries()) expect(await get(key)).toBe(tokens[index]);
  });

  it('mints once for concurrent callers', async () => {
    const { cache, now } = setUp();
    const slow = slowMint(now);
    const waiting = Array.from({ length: 50 }, () => cache.get(['a'], slow.mint, never));
    slow.resolve('one');
    expect(new Set((await Promise.all(waiting)).map(({ token }) => token))).toEqual(new Set(['one']));
    expect(slow.mint).toHaveBeenCalledTimes(1);
  });

  it('lets one caller give up without failing the others or the mint', async () => {
    const { cache, now } = setUp();
    const slow = slowMint(now);
    const aborting = new AbortController();
    const first = cache.get(['a'], slow.mint, aborting.signal);
    const second = cache.get(['a'], slow.mint, never);
    aborting.abort(new Error('in a hurry'));
    await expect(first).rejects.toMatchObject({
      ...{ code: 'timeout', cause: { message: 'in a hurry' } },
      message: 'Waiting for a token or an identity was aborted',
    });
    expect(slow.signals[0]?.aborted).toBe(false);
    slow.resolve('one');
    expect(await second).toMatchObject({ token: 'one' });
  });

  it('leaves no listener on the signal of a caller', async () => {
    const { signal } = new AbortController();
    await setUp().get(['a'], undefined, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('aborts the mint once all callers have given up, and mints again for the next', async () => {
    const { cache, get, now } = setUp();
    const slow = slowMint(now);
    const aborting = new AbortController();
    const waiting = [1, 2].map(() => cache.get(['a'], slow.mint, aborting.signal));
    await Promise.resolve();
    aborting.abort();
    await Promise.allSettled(waiting);
    expect(slow.signals[0]?.aborted).toBe(true);
    expect(await get(['a'])).toBe('t1');
    slow.resolve('late');
    await slow.mint.mock.results[0]?.value;
    expect(await get(['a'])).toBe('t1');
  });

  it('does not remember a failure', async () => {
    const { cache, get } = setUp();
    const failing = [
      () => Promise.reject(new Error('refused')),
      () => {
        throw new Error('refused');
      },
    ];
    for (const mint of failing) await expect(cache.get(['a'], mint, never)).rejects.toThrow('refused');
    expect(await get(['a'])).toBe('t1');
  });

  it('fails all waiting callers when the mint fails', async () => {
    const { cache, now } = setUp();
    const slow = slowMint(now);
    const waiting = [1, 2, 3].map(() => cache.get(['a'], slow.mint, never));
    slow.reject(new Error('refused'));
    const settled = await Promise.allSettled(waiting);
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
  });

  it('forgets a token, including one that is being minted', async () => {
    const { cache, get, now } = setUp();
    expect(await get(['a'])).toBe('t1');
    cache.forget(['a']);
    const slow = slowMint(now);
    const waiting = cache.get(['a'], slow.mint, never);
    cache.forget(['a']);
    expect(await get(['a'])).toBe('t2');
    slow.resolve('revoked');
    expect(await waiting).toMatchObject({ token: 'revoked' });
    expect(await get(['a'])).toBe('t2');
  });

  it('refuses a token that is too large for any header', async () => {
    const { cache, get, now } = setUp();
    const mintOf = (length: number) => async () => ({
      ...{ token: 'x'.repeat(length), mintedAt: now(), expiresAt: now() + 60 * MINUTE },
    });
    await expect(cache.get(['a'], mintOf(16_385), never)).rejects.toMatchObject({ code: 'too_large' });
    expect(await get(['a'])).toBe('t1');
    expect(await cache.get(['b'], mintOf(16_384), never)).toMatchObject({ token: 'x'.repeat(16_384) });
  });

  it('evicts the least recently used tokens above its size', async () => {
    const { get, mint } = setUp({ maxBytes: 500 });
    await get(['a']);
    await get(['b']);
    await get(['a']);
    await get(['c']);
    expect(mint).toHaveBeenCalledTimes(3);
    await get(['a']);
    await get(['c']);
    expect(mint).toHaveBeenCalledTimes(3);
    await get(['b']);
    expect(mint).toHaveBeenCalledTimes(4);
  });

  it('evicts expired tokens before valid ones', async () => {
    const { cache, get, mint, now, pass } = setUp({ maxBytes: 500 });
    await get(['a']);
    await cache.get(['b'], async () => ({ token: 'short', mintedAt: now(), expiresAt: now() + MINUTE }), never);
    pass(MINUTE);
    await get(['c']);
    await get(['a']);
    expect(mint).toHaveBeenCalledTimes(2);
  });

  it('holds the tokens of 20,000 integrations', async () => {
    const { get, mint } = setUp();
    for (let round = 1; round <= 2; round++) {
      for (let n = 0; n < 20_000; n++) await get([`https://api.example.com/${n}`, 'installation', 'a'.repeat(32)]);
    }
    expect(mint).toHaveBeenCalledTimes(20_000);
  });

  it('does nothing for a caller that has already given up', async () => {
    const { cache, mint } = setUp();
    await expect(cache.get(['a'], mint, AbortSignal.abort())).rejects.toMatchObject({ code: 'timeout' });
    expect(mint).not.toHaveBeenCalled();
  });
});
