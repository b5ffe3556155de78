import { type HeldLease, ProbeScheduleRepository } from '@integrations/database';
import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { HealthWorkerConfig } from '../config';

/** The right to make a probe that somebody asked for. To be given back. */
export interface ProbeTurn {
  /** Null: nobody probes it periodically, or whoever holds it does not give it back in time. */
  readonly lease: HeldLease | null;
  /** Another probe of the target was under way. */
  readonly waited: boolean;
}

const LOOK_MS = 100;
/** After its limit a probe may still be writing what it found out. */
const GRACE_MS = 5_000;

/** Whoever probes a target holds its lease, periodically or because somebody asked: one at a time, over all workers. */
@Injectable()
export class ProbeTurns {
  constructor(
    private readonly config: HealthWorkerConfig,
    private readonly schedule: ProbeScheduleRepository,
  ) {}

  /** Waits half the time of a test at most: who holds the target longer hangs or is gone, and the test is still made. */
  async take(tenantId: string, integrationId: string): Promise<ProbeTurn> {
    const { testTimeoutMs } = this.config;
    const take = () => this.schedule.lease(tenantId, integrationId, testTimeoutMs + GRACE_MS);
    const patience = performance.now() + testTimeoutMs / 2;
    let taken = await take();
    const waited = taken === 'held';
    while (taken === 'held' && performance.now() < patience) {
      await sleep(LOOK_MS);
      taken = await take();
    }
    return { lease: typeof taken === 'string' ? null : taken, waited };
  }

  async giveBack({ lease }: ProbeTurn): Promise<void> {
    if (lease) await this.schedule.release([lease]);
  }
}
