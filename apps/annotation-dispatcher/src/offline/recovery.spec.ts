import { setImmediate } from 'node:timers/promises';
import type { Database, Outage, Requeued } from '@integrations/database';
import { eventually } from '../../../../test/support/eventually';
import { Recovery } from './recovery';

describe('Recovery', () => {
  it('replays outages in turn: one with much parked does not keep the others waiting', async () => {
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const outages = Array.from({ length: 10 }, (_, n) => ({ tenantId: 't', integrationId: `${n}`, over: true }));
    const replayed: string[] = [];
    const recovery = new Recovery({
      database: { transaction: (work) => work({} as never) } as Pick<Database, 'transaction'>,
      integrations: { find: async () => null },
      repository: {
        claimProbes: async () => [],
        tryAgain: async () => true,
        // There is always more.
        replay: async ({ integrationId }, limit) => {
          replayed.push(integrationId);
          await setImmediate();
          return Array.from({ length: limit }, () => ({ state: 'queued' }) as Requeued);
        },
      },
      outages: { look: async () => outages satisfies Outage[] },
      connector: { check: () => Promise.reject(new Error('nobody is asked')) },
      log: silent,
      report: { superseded: () => undefined },
      providers: [],
      probeMs: 1_000,
      offline: false,
    });
    recovery.start();
    await eventually('three turns', () => replayed.length >= 3 * outages.length);
    await recovery.stop();
    expect(replayed.slice(0, 10).sort()).toEqual(outages.map(({ integrationId }) => integrationId));
  });
});
