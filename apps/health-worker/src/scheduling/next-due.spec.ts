import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { nextDue, onGrid } from './next-due';

const NOW = Date.UTC(2026, 0, 1);

describe('the schedule of probes', () => {
  it('is always ahead, by at most one interval, and always on the same grid', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 10, max: 86_400 }), fc.integer({ min: 0, max: 1e13 }), (id, s, now) => {
        const due = onGrid(id, s * 1_000, now);
        expect(due).toBeGreaterThan(now);
        expect(due - now).toBeLessThanOrEqual(s * 1_000);
        expect(onGrid(id, s * 1_000, due)).toBe(due + s * 1_000);
      }),
    );
  });

  it('spreads what is due at the same moment evenly over the next interval', () => {
    const perSecond = new Array<number>(60).fill(0);
    for (let i = 0; i < 60_000; i++) {
      const second = Math.floor((onGrid(randomUUID(), 60_000, NOW) - NOW - 1) / 1_000);
      perSecond[second] = (perSecond[second] ?? 0) + 1;
    }
    expect(Math.max(...perSecond)).toBeLessThan(1_300);
    expect(Math.min(...perSecond)).toBeGreaterThan(700);
  });

  it('looks again after ten seconds at an edge, and after a day at a refused credential', () => {
    expect(nextDue(randomUUID(), 'edge', 300, NOW)).toBe(NOW + 10_000);
    expect(nextDue(randomUUID(), 'suspended', 300, NOW)).toBe(NOW + 86_400_000);
  });
});
