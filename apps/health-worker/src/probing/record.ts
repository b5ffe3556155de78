import type { ProbeVerdict, SystemEvent } from '@integrations/contracts';
import type {
  CompletedProbe,
  Database,
  HealthConfirmation,
  HealthHistory,
  HealthRepository,
  HealthRow,
  HealthTransition,
  Outbox,
  ProbeLease,
  ProbeScheduleRepository,
  TargetMember,
} from '@integrations/database';
import type { MassFailureGuard } from '../judging/mass-failure-guard';
import type { OwnClock } from '../judging/own-clock';
import { isFailure } from '../judging/step';
import { nextLook } from '../scheduling/next-due';
import { conclude, type Conclusion } from './conclude';

export interface ProbeRecords {
  readonly database: Database;
  readonly health: HealthRepository;
  readonly history: HealthHistory;
  readonly schedule: ProbeScheduleRepository;
  readonly outbox: Outbox;
}

export interface FinishedProbe {
  readonly lease: ProbeLease;
  /** When the lease runs out by this process's monotonic clock, in milliseconds. */
  readonly leasedUntil: number;
  /** It took more than half of the time that it may take. */
  readonly slow: boolean;
  /** Null: nobody shares the target any more, or the vendor refused the credential before, and it has not changed. */
  readonly verdict: ProbeVerdict | null;
}

export interface RecordedProbe {
  /** False: somebody else probes the target by now, or nobody shares it any more, and nothing was written. */
  readonly held: boolean;
  readonly transitions: readonly HealthTransition[];
}

/** A finished probe with those who share its target. */
interface Shared extends FinishedProbe {
  readonly members: readonly TargetMember[];
}

/** What is to be written of a target. */
interface Concluded {
  readonly rows: readonly HealthRow[];
  readonly confirmations: readonly HealthConfirmation[];
  readonly conclusions: readonly Conclusion[];
  readonly completion: CompletedProbe;
}

/** No lease held. */
const NOTHING = { news: null, completed: new Set<string>(), conclusions: [] };

/** Judges verdicts and writes what follows from them. */
export class ProbeRecorder {
  constructor(
    private readonly records: ProbeRecords,
    private readonly guard: MassFailureGuard,
    private readonly clock: OwnClock,
    private readonly onNews: (news: SystemEvent) => void,
  ) {}

  /**
   * One transaction for the states, next due times, history and events of a batch, fenced by its leases: nothing is
   * written of a target that somebody else probes by now, or of an integration that does not share it any more. All times
   * are PostgreSQL's, so that a worker whose clock is wrong does no harm.
   */
  async record(finished: readonly FinishedProbe[]): Promise<RecordedProbe[]> {
    const { database, health, history, schedule, outbox } = this.records;
    const { news, completed, conclusions } = await database.transaction(async (tx) => {
      const leases = finished.map(({ lease }) => lease);
      const { now, members } = await schedule.members(leases, tx);
      if (members.length === 0) return NOTHING;
      const shared = share(finished, members, this.clock.isOff(now));
      this.#watch(shared, now);
      const concluded = shared.map((probe) => this.#conclude(probe, now));
      const all = concluded.flatMap(({ conclusions }) => conclusions);
      const told = this.guard.news(now);

      const rows = concluded.flatMap((target) => target.rows);
      const completions = concluded.map(({ completion }) => completion);
      await health.save(rows, tx);
      const confirmations = concluded.flatMap((target) => target.confirmations);
      await health.confirm(confirmations, tx);
      const completedTargets = await schedule.complete(completions, tx);
      await history.append({ results: all.map(({ result }) => result), transitions: transitionsOf(all) }, tx);
      await outbox.appendAll(
        all.flatMap(({ events }) => events),
        tx,
      );
      if (told) await outbox.appendOnce(told, tx);
      return { news: told, completed: new Set(completedTargets), conclusions: all };
    });
    if (news) this.#told(news);
    const byTarget = Map.groupBy(conclusions, ({ member }) => member.target);
    return finished.map(({ lease: { target } }) => ({
      held: completed.has(target),
      transitions: transitionsOf(byTarget.get(target) ?? []),
    }));
  }

  #told(news: SystemEvent): void {
    this.guard.told(news);
    this.onNews(news);
  }

  #watch(shared: readonly Shared[], now: Date): void {
    for (const { lease, verdict, members } of shared) {
      // What fails in its maintenance says nothing of us.
      const member = members.find(({ inMaintenance }) => !inMaintenance);
      if (verdict && member) this.guard.observe(lease.host, member.believed, verdict, now);
    }
    this.guard.look(now);
  }

  #conclude(probe: Shared, now: Date): Concluded {
    const { verdict, members, slow } = probe;
    const { target, leaseToken } = probe.lease;
    if (!verdict) return stillRefused(probe, now);
    const judged = this.guard.frozen ? doubted(verdict) : verdict;
    const conclusions = members.map((member) => conclude(member, judged, now));
    const dueAts = conclusions.map(({ next }) => next.dueAt.getTime());
    const refused = conclusions.some(({ recheck }) => recheck === 'refused');
    return {
      rows: conclusions.flatMap(({ row }) => row ?? []),
      confirmations: [],
      conclusions,
      completion: {
        target,
        leaseToken,
        nextDueAt: new Date(Math.min(...dueAts)),
        refusedVersion: refused ? (verdict.credential?.version ?? '') : null,
        slow,
      },
    };
  }
}

function transitionsOf(conclusions: readonly Conclusion[]): HealthTransition[] {
  return conclusions.flatMap(({ transition }) => transition ?? []);
}

/** Those without a member hold no lease any more, or have nobody left to tell. */
function share(finished: readonly FinishedProbe[], members: readonly TargetMember[], isDoubtful: boolean): Shared[] {
  const byTarget = Map.groupBy(members, ({ target }) => target);
  return finished.flatMap(({ verdict, ...probe }) => {
    const sharing = byTarget.get(probe.lease.target);
    return sharing ? [{ ...probe, verdict: verdict && isDoubtful ? doubted(verdict) : verdict, members: sharing }] : [];
  });
}

/** The same credential is refused as before: known anew, without asking the vendor. */
function stillRefused({ lease, slow, members }: Omit<Shared, 'verdict'>, checkedAt: Date): Concluded {
  const { target, leaseToken, refusedVersion } = lease;
  const { dueAt: nextDueAt, intervalSeconds } = nextLook(target, checkedAt);
  const confirmations = members.flatMap(({ integrationId, tenantId, believed }) =>
    believed ? [{ integrationId, tenantId, checkedAt, intervalSeconds }] : [],
  );
  const completion = { target, leaseToken, refusedVersion, nextDueAt, slow };
  return { rows: [], confirmations, conclusions: [], completion };
}

/** A failure is more likely the prober's own. */
function doubted(verdict: ProbeVerdict): ProbeVerdict {
  return isFailure(verdict) ? { ...verdict, status: 'unknown', code: 'prober_error' } : verdict;
}
