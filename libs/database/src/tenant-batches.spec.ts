import { setImmediate as turn } from 'node:timers/promises';
import { TenantBatches } from './tenant-batches';

/** Calls whose runs end when the test says so. */
function statement() {
  const runs: { items: readonly [string, readonly number[]]; end: () => void }[] = [];
  const run = (tenantId: string, items: readonly number[]) => {
    const { promise, resolve } = Promise.withResolvers<string[]>();
    runs.push({ items: [tenantId, items], end: () => resolve(items.map((item) => `${tenantId} ${item}`)) });
    return promise;
  };
  return { runs, batches: new TenantBatches<number, string>(run, 10) };
}

describe('TenantBatches', () => {
  it('batches the calls of one tenant, and never mixes tenants', async () => {
    const { runs, batches } = statement();
    const results = Promise.all([batches.add('acme', 1), batches.add('other', 2), batches.add('acme', 3)]);
    await turn();
    for (const { end } of runs) end();
    await expect(results).resolves.toEqual(['acme 1', 'other 2', 'acme 3']);
    expect(runs.map(({ items }) => items)).toEqual([
      ['acme', [1, 3]],
      ['other', [2]],
    ]);
  });

  it('does not make one tenant wait for another', async () => {
    const { runs, batches } = statement();
    const slow = batches.add('acme', 1);
    await turn();
    const fast = batches.add('other', 2);
    const later = batches.add('acme', 3);
    await turn();
    runs[1]!.end();
    await expect(fast).resolves.toBe('other 2');
    expect(runs).toHaveLength(2);

    runs[0]!.end();
    await slow;
    await turn();
    runs[2]!.end();
    await expect(later).resolves.toBe('acme 3');
  });
});
