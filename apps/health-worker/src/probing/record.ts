import type { IntegrationEvent, ProbeVerdict, SystemEvent } from '@integrations/contracts';
import {
  type CompletedProbe,
  Database,
  type HealthConfirmation,
  HealthHistory,
  HealthRepository,
  type HealthRow,
  type HealthSighting,
  Outbox,
  type ProbeLease,
  type ProbeResult,
  ProbeScheduleRepository,
  type TargetMember,
} from '@integrations/database';
import { Injectable } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { v7 as uuidv7 } from 'uuid';
import { MassFailureGuard } from '../judging/mass-failure-guard';
import { OwnClock } from '../judging/own-clock';
import { isBelievedRefused, isFailure, isRecovery } from '../judging/step';
import { nextLook } from '../scheduling/next-due';
import { conclude, type Turned } from './conclude';

export interface FinishedProbe {
  readonly lease: ProbeLease;
  /** When the lease expires by this process's monotonic clock, in milliseconds. */
  readonly leasedUntil: number;
  /** The probe took more than half of its timeout. */
  readonly slow: boolean;
  /** Null if nobody shares the target any more, or if the vendor refused the credential before and it is unchanged. */
  readonly verdict: ProbeVerdict | null;
}

/** The result of recording a batch. */
export interface Recorded {
  /**
   * Targets whose lease still held. For the others nothing was written: another worker probes them by now, or no
   * integration shares them any more.
   */
  readonly held: ReadonlySet<string>;
  readonly turned: readonly Turned[];
  /** Hosts that were down or unreachable and have recovered. */
  readonly recovered: ReadonlySet<string>;
}

/** A finished probe, with the integrations that share its target. */
interface Shared {
  readonly lease: ProbeLease;
  readonly slow: boolean;
  readonly verdict: ProbeVerdict | null;
  readonly members: readonly TargetMember[];
}

/** All that must be written for a batch. */
interface Writings {
  readonly rows: HealthRow[];
  readonly confirmations: (HealthConfirmation & HealthSighting)[];
  readonly completions: CompletedProbe[];
  readonly results: ProbeResult[];
  readonly turned: Turned[];
  readonly recovered: Set<string>;
  readonly events: IntegrationEvent[];
}

/** The result if none of the leases held, or no integration shares their targets any more. */
const NOTHING = { guardEvent: null, held: [], turned: [], recovered: new Set<string>() };

/** Judges verdicts and writes the results. */
@Injectable()
export class ProbeRecorder {
  readonly #guard = new MassFailureGuard(uuidv7());
  readonly #clock = new OwnClock((isOff, aheadMs) =>
    this.log.warn({ isOff, aheadMs }, 'the clock of this worker went wrong, or is right again'),
  );

  constructor(
    private readonly database: Database,
    private readonly health: HealthRepository,
    private readonly history: HealthHistory,
    private readonly schedule: ProbeScheduleRepository,
    private readonly outbox: Outbox,
    @InjectPinoLogger(ProbeRecorder.name) private readonly log: PinoLogger,
  ) {}

  /**
   * Writes the states, next due times, history and events of a batch in one transaction, fenced by its leases. Nothing
   * is written for a target that another worker probes by now, or for an integration that no longer shares it. All
   * times are PostgreSQL's, so that a worker whose clock is wrong does no harm.
   */
  async record(finished: readonly FinishedProbe[]): Promise<Recorded> {
    const { guardEvent, held, turned, recovered } = await this.database.transaction(async (tx) => {
      const leases = finished.map(({ lease }) => lease);
      const { now, members } = await this.schedule.members(leases, tx);
      if (members.length === 0) return NOTHING;
      const shared = share(finished, members, this.#clock.isOff(now));
      this.#watch(shared, now);
      const { rows, confirmations, completions, results, turned, recovered, events } = this.#conclude(shared, now);
      const event = this.#guard.unpublished(now);

      await this.health.save(rows, tx);
      await this.health.confirm(confirmations, tx);
      const completed = await this.schedule.complete(completions, tx);
      await this.history.append({ results, confirmations, transitions: turned }, tx);
      await this.outbox.appendAll(events, tx);
      if (event) await this.outbox.appendOnce(event, tx);
      return { guardEvent: event, held: completed, turned, recovered };
    });
    if (guardEvent) this.#published(guardEvent);
    return { held: new Set(held), turned, recovered };
  }

  #published(guardEvent: SystemEvent): void {
    this.#guard.published(guardEvent);
    this.log.warn(guardEvent, 'mass-failure guard changed state');
  }

  #watch(shared: readonly Shared[], now: Date): void {
    for (const { lease, verdict, members } of shared) {
      // A failure during maintenance says nothing about this worker.
      const member = members.find(({ inMaintenance }) => !inMaintenance);
      if (verdict && member) this.#guard.observe(lease.host, member.believed, verdict, now);
    }
    this.#guard.decide(now);
  }

  #conclude(shared: readonly Shared[], now: Date): Writings {
    const writings: Writings = {
      ...{ rows: [], confirmations: [], completions: [], results: [], turned: [], events: [] },
      recovered: new Set(),
    };
    for (const probe of shared) {
      const { verdict } = probe;
      if (verdict) judge(probe, this.#guard.frozen ? asDoubtful(verdict) : verdict, now, writings);
      else stillRefused(probe, now, writings);
    }
    return writings;
  }
}

/** Leaves out probes whose lease is lost, and targets that no integration shares any more. */
function share(finished: readonly FinishedProbe[], members: readonly TargetMember[], isDoubtful: boolean): Shared[] {
  const byTarget = Map.groupBy(members, ({ target }) => target);
  const shared: Shared[] = [];
  for (const { lease, slow, verdict } of finished) {
    const sharing = byTarget.get(lease.target);
    if (!sharing) continue;
    shared.push({ lease, slow, verdict: verdict && isDoubtful ? asDoubtful(verdict) : verdict, members: sharing });
  }
  return shared;
}

function judge({ lease, slow, members }: Shared, verdict: ProbeVerdict, now: Date, writings: Writings): void {
  const { target, leaseToken } = lease;
  let nextDueAt: Date | null = null;
  let refusedVersion: string | null = null;
  for (const member of members) {
    const { row, result, turned, events, next, recheck } = conclude(member, verdict, now, lease.woken);
    if (row) writings.rows.push(row);
    writings.results.push(result);
    if (turned) writings.turned.push(turned);
    if (turned && isRecovery(member.believed, turned)) writings.recovered.add(lease.host);
    writings.events.push(...events);
    if (!nextDueAt || next.dueAt < nextDueAt) nextDueAt = next.dueAt;
    if (recheck === 'refused') refusedVersion = verdict.credential?.version ?? '';
  }
  if (nextDueAt) writings.completions.push({ target, leaseToken, nextDueAt, refusedVersion, slow });
}

/**
 * The credential that the vendor refused has not changed, which confirms the belief without asking the vendor. It is
 * sent once more if an integration is not believed refused, because it joined the target since or was in maintenance.
 */
function stillRefused({ lease, slow, members }: Shared, checkedAt: Date, writings: Writings): void {
  const { target, leaseToken, refusedVersion } = lease;
  if (members.some(({ inMaintenance, believed }) => !inMaintenance && !isBelievedRefused(believed))) {
    writings.completions.push({ target, leaseToken, nextDueAt: checkedAt, refusedVersion: null, slow });
    return;
  }
  const { dueAt: nextDueAt, intervalSeconds } = nextLook(target, checkedAt);
  for (const { integrationId, tenantId, believed } of members) {
    if (!believed) continue;
    writings.confirmations.push({ integrationId, tenantId, checkedAt, intervalSeconds, previous: believed });
  }
  writings.completions.push({ target, leaseToken, nextDueAt, refusedVersion, slow });
}

/** Turns a failure, which is more likely the prober's own, into `prober_error`. */
function asDoubtful(verdict: ProbeVerdict): ProbeVerdict {
  return isFailure(verdict) ? { ...verdict, status: 'unknown', code: 'prober_error' } : verdict;
}
