import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { withTimeLimit } from './time-limit';

const tooLate = () => new Error('too late');
const until = (signal: AbortSignal) => sleep(5_000, 'done', { signal });

describe('withTimeLimit', () => {
  it('gives the result of work that is done in time', async () => {
    const { signal } = new AbortController();
    await expect(withTimeLimit({ ms: 1_000, signal, tooLate }, async () => 1)).resolves.toBe(1);
  });

  it('fails with `tooLate()` when the time is up, however the work reacts to the abort', async () => {
    const { signal } = new AbortController();
    await expect(withTimeLimit({ ms: 10, signal, tooLate }, until)).rejects.toEqual(new Error('too late'));
  });

  it('fails with the outer reason when the outer signal aborts first', async () => {
    const outer = new AbortController();
    const running = withTimeLimit({ ms: 1_000, signal: outer.signal, tooLate }, until);
    outer.abort(new Error('outer'));
    await expect(running).rejects.toEqual(new Error('outer'));
  });

  it.each<[string, () => Promise<number>]>([
    ['ends', async () => 1],
    ['fails', () => Promise.reject(new Error('mine'))],
  ])('leaves neither timer nor listener behind when the work %s', async (_, work) => {
    jest.useFakeTimers();
    const { signal } = new AbortController();
    await withTimeLimit({ ms: 1_000, signal, tooLate }, work).catch(() => undefined);
    expect([jest.getTimerCount(), getEventListeners(signal, 'abort')]).toEqual([0, []]);
    jest.useRealTimers();
  });

  it('keeps the result of work that finished although it was aborted', async () => {
    const { signal } = new AbortController();
    const stubborn = () => sleep(30, 'done');
    await expect(withTimeLimit({ ms: 5, signal, tooLate }, stubborn)).resolves.toBe('done');
  });

  it('passes on the error of work that fails by itself', async () => {
    const { signal } = new AbortController();
    const failing = () => Promise.reject(new Error('mine'));
    await expect(withTimeLimit({ ms: 1_000, signal, tooLate }, failing)).rejects.toEqual(new Error('mine'));
  });
});
