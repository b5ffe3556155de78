import { type HeldLease, ProbeScheduleRepository } from '@integrations/database';
import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { HealthWorkerConfig } from '../config';

/** The right to make a probe on demand. Must be given back. */
export interface ProbeTurn {
  /** Null if the integration has no periodic probe, or if the holder of the lease did not release it in time. */
  readonly lease: HeldLease | null;
  /** Another probe of the target was in flight. */
  readonly waited: boolean;
}

const RETRY_MS = 100;
/** A probe may still be writing its result after its timeout. */
const GRACE_MS = 5_000;

/** Every probe, periodic or on demand, holds the lease of its target, so that only one runs over all workers. */
@Injectable()
export class ProbeTurns {
  constructor(
    private readonly config: HealthWorkerConfig,
    private readonly schedule: ProbeScheduleRepository,
  ) {}

  /** Waits at most half the timeout of a test: a holder that takes longer hangs or is gone, and the test still runs. */
  async take(tenantId: string, integrationId: string): Promise<ProbeTurn> {
    const { testTimeoutMs } = this.config;
    const take = () => this.schedule.lease(tenantId, integrationId, testTimeoutMs + GRACE_MS);
    const giveUpAt = performance.now() + testTimeoutMs / 2;
    let taken = await take();
    const waited = taken === 'held';
    while (taken === 'held' && performance.now() < giveUpAt) {
      await sleep(RETRY_MS);
      taken = await take();
    }
    return { lease: typeof taken === 'string' ? null : taken, waited };
  }

  async giveBack({ lease }: ProbeTurn): Promise<void> {
    if (lease) await this.schedule.release([lease]);
  }
}
