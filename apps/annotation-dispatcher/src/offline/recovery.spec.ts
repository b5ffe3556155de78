import { setImmediate } from 'node:timers/promises';
import type { HealthCheckResult } from '@integrations/contracts';
import type { Database, IntegrationRow, Outage, Requeued } from '@integrations/database';
import { eventually } from '../../../../test/support/eventually';
import { Recovery, type RecoveryOptions } from './recovery';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const outageOf = (integrationId: string, over = true): Outage => ({ tenantId: 't', integrationId, over });

function recoveryOf(
  outages: readonly Outage[],
  repository: Partial<RecoveryOptions['repository']>,
  more: Partial<RecoveryOptions> = {},
): Recovery {
  return new Recovery({
    database: { transaction: (work) => work({} as never) } as Pick<Database, 'transaction'>,
    integrations: { find: async () => null },
    repository: {
      claimProbes: async () => [],
      tryAgain: async () => true,
      replay: async () => [],
      ...repository,
    },
    outages: { look: async () => outages },
    connector: { check: () => Promise.reject(new Error('nobody is asked')) },
    log: silent,
    report: { superseded: () => undefined },
    providers: [],
    probeMs: 1_000,
    offline: false,
    ...more,
  });
}

/** Runs the first round to its end. */
async function once(recovery: Recovery): Promise<void> {
  recovery.start();
  await recovery.stop();
}

describe('Recovery', () => {
  it('replays outages in turn: one with much parked does not keep the others waiting', async () => {
    const outages = Array.from({ length: 10 }, (_, n) => outageOf(`${n}`));
    const replayed: string[] = [];
    const recovery = recoveryOf(outages, {
      // A full batch means that there is more.
      replay: async ({ integrationId }, limit) => {
        replayed.push(integrationId);
        await setImmediate();
        return Array.from({ length: limit }, () => ({ state: 'queued' }) as Requeued);
      },
    });
    recovery.start();
    await eventually('three turns', () => replayed.length >= 3 * outages.length);
    await recovery.stop();
    expect(replayed.slice(0, 10).sort()).toEqual(outages.map(({ integrationId }) => integrationId));
  });

  it('replays only outages that are over, and reports operations that a newer one had superseded', async () => {
    const replayed: string[] = [];
    const superseded = jest.fn();
    const rows = [{ state: 'queued' }, { state: 'superseded' }] as Requeued[];
    const replay: RecoveryOptions['repository']['replay'] = async ({ integrationId }) => {
      replayed.push(integrationId);
      return rows;
    };
    await once(recoveryOf([outageOf('lasts', false), outageOf('over')], { replay }, { report: { superseded } }));
    expect(replayed).toEqual(['over']);
    expect(superseded.mock.calls).toEqual([[rows[1]]]);
  });

  it.each<[HealthCheckResult['status'], HealthCheckResult['code'], boolean]>([
    ['healthy', 'ok', true],
    ['degraded', 'rate_limited', true],
    ['degraded', 'server_degraded', false],
    ['unhealthy', 'tcp_refused', false],
    ['unknown', 'prober_error', false],
  ])('tries again after a probe that found the vendor %s (%s): %s', async (status, code, tried) => {
    const tryAgain = jest.fn(async () => true);
    const lasts = outageOf('lasts', false);
    const recovery = recoveryOf(
      [lasts],
      { claimProbes: async () => [lasts], tryAgain },
      {
        integrations: { find: async () => ({}) as IntegrationRow },
        connector: { check: async () => ({ status, code }) as HealthCheckResult },
      },
    );
    await once(recovery);
    expect(tryAgain).toHaveBeenCalledTimes(tried ? 1 : 0);
  });

  it('probes nobody and replays nothing while posting is switched off', async () => {
    const claimProbes = jest.fn(async () => []);
    const replay = jest.fn(async () => []);
    await once(recoveryOf([outageOf('over')], { claimProbes, replay }, { offline: true }));
    expect([claimProbes, replay].map((asked) => asked.mock.calls.length)).toEqual([0, 0]);
    await once(recoveryOf([outageOf('over')], { claimProbes, replay }));
    expect([claimProbes, replay].map((asked) => asked.mock.calls.length)).toEqual([1, 1]);
  });
});
