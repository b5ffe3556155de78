import { getEventListeners } from 'node:events';
import { offAbort, onAbort } from './on-abort';

describe('onAbort', () => {
  it('calls each remaining listener once, with the reason set', () => {
    const controller = new AbortController();
    const { signal } = controller;
    const called: string[] = [];
    const waiter = (name: string) => {
      const listener = () => {
        called.push(`${name} ${signal.reason}`);
        offAbort(signal, listener);
      };
      onAbort(signal, listener);
      return listener;
    };
    waiter('first');
    const second = waiter('second');
    waiter('third');
    offAbort(signal, second);
    controller.abort('over');
    expect(called).toEqual(['first over', 'third over']);
  });

  it('adds one listener to the signal while anyone waits, and none after', () => {
    const { signal } = new AbortController();
    const waiters = [() => undefined, () => undefined];
    for (let round = 0; round < 2; round++) {
      for (const waiter of waiters) onAbort(signal, waiter);
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      for (const waiter of waiters) offAbort(signal, waiter);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    }
  });

  it('ignores the removal of a listener that was never added', () => {
    const controller = new AbortController();
    const listener = jest.fn();
    onAbort(controller.signal, listener);
    offAbort(controller.signal, () => undefined);
    offAbort(new AbortController().signal, listener);
    controller.abort();
    expect(listener).toHaveBeenCalledTimes(1);
  });
});
