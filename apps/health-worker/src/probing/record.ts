import type { ProbeVerdict, SystemEvent } from '@integrations/contracts';
import type {
  CompletedProbe,
  Database,
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
  /** Null: the vendor refused the credential before, and it has not changed. */
  readonly verdict: ProbeVerdict | null;
}

export interface RecordedProbe {
  /** False: somebody else probes the target by now, and nothing was written. */
  readonly held: boolean;
  readonly transitions: readonly HealthTransition[];
}

/** A finished probe with those who share its target. */
interface Shared extends FinishedProbe {
  readonly members: readonly TargetMember[];
}

/** Judges verdicts and writes what follows from them. */
export class ProbeRecorder {
  constructor(
    private readonly records: ProbeRecords,
    private readonly guard: MassFailureGuard,
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
      const members = await schedule.members(
        finished.map(({ lease }) => lease),
        tx,
      );
      const now = members[0]?.now ?? new Date();
      const believed = await health.findOf(members, tx);
      const shared = share(finished, members);
      this.#watch(shared, believed, now);
      const concluded = shared.map((probe) => this.#conclude(probe, believed, now));
      const all = concluded.flatMap(({ conclusions }) => conclusions);
      const told = this.guard.news(now);

      await health.save(
        all.flatMap(({ row }) => row ?? []),
        tx,
      );
      const completedTargets = await schedule.complete(
        concluded.map(({ completion }) => completion),
        tx,
      );
      await history.append({ results: all.map(({ result }) => result), transitions: transitionsOf(all) }, tx);
      await outbox.appendAll([...all.flatMap(({ events }) => events), ...(told ? [told] : [])], tx);
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

  #watch(shared: readonly Shared[], believed: ReadonlyMap<string, HealthRow>, now: Date): void {
    for (const { lease, verdict, members } of shared) {
      const before = members.map(({ integrationId }) => believed.get(integrationId)).find((row) => row !== undefined);
      if (verdict) this.guard.observe(lease.host, before ?? null, verdict, now);
    }
    this.guard.look(now);
  }

  #conclude(
    { lease, verdict, members }: Shared,
    believed: ReadonlyMap<string, HealthRow>,
    now: Date,
  ): { conclusions: Conclusion[]; completion: CompletedProbe } {
    const { target, leaseToken, refusedVersion } = lease;
    if (!verdict) {
      return { conclusions: [], completion: { target, leaseToken, refusedVersion, nextDueAt: nextLook(target, now) } };
    }
    const judged = this.guard.frozen && isFailure(verdict) ? doubted(verdict) : verdict;
    const conclusions = members.map((member) =>
      conclude(member, believed.get(member.integrationId) ?? null, judged, now),
    );
    const dueAts = conclusions.map(({ next }) => next.dueAt.getTime());
    const refused = conclusions.some(({ recheck }) => recheck === 'refused');
    return {
      conclusions,
      completion: {
        target,
        leaseToken,
        nextDueAt: new Date(Math.min(...dueAts)),
        refusedVersion: refused ? (verdict.credential?.version ?? '') : null,
      },
    };
  }
}

function transitionsOf(conclusions: readonly Conclusion[]): HealthTransition[] {
  return conclusions.flatMap(({ transition }) => transition ?? []);
}

/** Those without a member hold no lease any more, or have nobody left to tell. */
function share(finished: readonly FinishedProbe[], members: readonly TargetMember[]): Shared[] {
  const byTarget = Map.groupBy(members, ({ target }) => target);
  return finished.flatMap((probe) => {
    const sharing = byTarget.get(probe.lease.target);
    return sharing ? [{ ...probe, members: sharing }] : [];
  });
}

/** A failure that is more likely the prober's own. */
function doubted(verdict: ProbeVerdict): ProbeVerdict {
  return { ...verdict, status: 'unknown', code: 'prober_error' };
}
