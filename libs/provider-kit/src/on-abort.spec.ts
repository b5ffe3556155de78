import { getEventListeners } from 'node:events';
import { offAbort, onAbort } from './on-abort';

describe('the end of a signal that many wait for', () => {
  it('is told to each that still waits, once, with its reason set', () => {
    const controller = new AbortController();
    const { signal } = controller;
    const told: string[] = [];
    const waiter = (name: string) => {
      const tell = () => {
        told.push(`${name} ${signal.reason}`);
        offAbort(signal, tell);
      };
      onAbort(signal, tell);
      return tell;
    };
    waiter('first');
    const second = waiter('second');
    waiter('third');
    offAbort(signal, second);
    controller.abort('over');
    expect(told).toEqual(['first over', 'third over']);
  });

  it('takes one listener of the signal while somebody waits, and none after', () => {
    const { signal } = new AbortController();
    const waiters = [() => undefined, () => undefined];
    for (let round = 0; round < 2; round++) {
      for (const waiter of waiters) onAbort(signal, waiter);
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      for (const waiter of waiters) offAbort(signal, waiter);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    }
  });

  it('takes back what never waited without harm', () => {
    const controller = new AbortController();
    const told = jest.fn();
    onAbort(controller.signal, told);
    offAbort(controller.signal, () => undefined);
    offAbort(new AbortController().signal, told);
    controller.abort();
    expect(told).toHaveBeenCalledTimes(1);
  });
});
