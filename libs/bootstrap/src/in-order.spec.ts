import { setTimeout as sleep } from 'node:timers/promises';
import { InOrder } from './in-order';

describe('InOrder', () => {
  it('runs the work of one key in the order of the calls, however long each takes', async () => {
    const queue = new InOrder();
    const done: number[] = [];
    const work = (n: number, ms: number) => async () => {
      await sleep(ms);
      done.push(n);
      return n;
    };
    await expect(Promise.all([queue.run('a', work(1, 20)), queue.run('a', work(2, 0))])).resolves.toEqual([1, 2]);
    expect(done).toEqual([1, 2]);
  });

  it('queues a call made after the first ended behind the second, which still runs', async () => {
    const queue = new InOrder();
    const second = Promise.withResolvers<string>();
    const first = queue.run('a', async () => 'first');
    const running = queue.run('a', () => second.promise);
    await first;
    const third = jest.fn(async () => 'third');
    const last = queue.run('a', third);
    expect(third).not.toHaveBeenCalled();
    second.resolve('second');
    await expect(Promise.all([running, last])).resolves.toEqual(['second', 'third']);
  });

  it('does not make one key wait for another', async () => {
    const queue = new InOrder();
    void queue.run('a', () => new Promise(() => undefined));
    await expect(queue.run('b', async () => 'done')).resolves.toBe('done');
  });

  it('continues after a failure, which only its own caller sees', async () => {
    const queue = new InOrder();
    const first = queue.run('a', () => Promise.reject(new Error('mine')));
    const second = queue.run('a', async () => 'done');
    await expect(first).rejects.toThrow('mine');
    await expect(second).resolves.toBe('done');
  });
});
