import { BEAT_KEPT_DAYS, MAX_AGENTS, silenceAllowedMs } from '@integrations/contracts';
import type { Heartbeats, HeartbeatSource, LastBeat } from '@integrations/provider-kit';
import type { TakenBeat } from './read-beat';

interface KeptBeat extends TakenBeat {
  /** By the monotonic clock. */
  readonly arrivedAt: number;
  readonly clockSkewMs: number;
}

/** One moment by two clocks, in milliseconds: the server's, since the epoch, and this process's monotonic one. */
interface Beginning {
  readonly serverNow: number;
  readonly at: number;
}

/** This many agents do not fall silent all at once: more likely, this worker cannot hear them. */
const MANY = 20;
const KEPT_MS = BEAT_KEPT_DAYS * 86_400_000;

/**
 * The newest beat of each agent of every tenant, in memory: as many as the stream keeps, and for as long. Beyond that,
 * the agents that have been silent the longest are dropped. The age of a beat depends on no clock that can be set,
 * except for a beat that arrived before this worker began to listen: its age at that moment is by the clock of the
 * server that received it.
 */
export class AgentBeats implements HeartbeatSource {
  /** The agent that has been silent the longest comes first. */
  readonly #beats = new Map<string, KeptBeat>();
  #beginning: Beginning | null = null;
  /** Until when at least one agent counts as alive even if none reports any more. */
  #someAliveUntil = -Infinity;

  /** `monotonicNow` is in milliseconds, as `performance.now`. */
  constructor(private readonly monotonicNow: () => number = () => performance.now()) {}

  /** From now on every beat is heard; the newest earlier ones are delivered as well. */
  begin(serverNow: Date): void {
    this.#beginning = { serverNow: serverNow.getTime(), at: this.monotonicNow() };
  }

  /** Beats may be missed from now on. */
  interrupt(): void {
    this.#beginning = null;
  }

  /** The last beat heard from the agent. */
  before(tenantId: string, agentId: string): TakenBeat | null {
    return this.#beats.get(keyOf(tenantId, agentId)) ?? null;
  }

  /** `stamp` is when the beat arrived, by the server's clock. */
  hear(tenantId: string, agentId: string, { beat, facts }: TakenBeat, stamp: Date): void {
    const arrivedAt = this.#arrivalOf(stamp.getTime());
    const key = keyOf(tenantId, agentId);
    this.#beats.delete(key);
    this.#beats.set(key, { beat, facts, arrivedAt, clockSkewMs: Date.parse(beat.sentAt) - stamp.getTime() });
    this.#someAliveUntil = Math.max(this.#someAliveUntil, arrivedAt + silenceAllowedMs(beat.intervalSeconds));
    for (const [silent, { arrivedAt: last }] of this.#beats) {
      if (this.#beats.size <= MAX_AGENTS && this.monotonicNow() - last <= KEPT_MS) return;
      this.#beats.delete(silent);
    }
  }

  ofTenant(tenantId: string): Heartbeats {
    return {
      latest: (agentId) => this.#latest(keyOf(tenantId, agentId)),
      heardForMs: () => this.#heardForMs(),
    };
  }

  #arrivalOf(stamp: number): number {
    const began = this.#beginning;
    return began && stamp < began.serverNow ? began.at - (began.serverNow - stamp) : this.monotonicNow();
  }

  #latest(key: string): LastBeat | null {
    const kept = this.#beats.get(key);
    if (!kept) return null;
    const { beat, arrivedAt, clockSkewMs } = kept;
    return { beat, ageMs: this.monotonicNow() - arrivedAt, clockSkewMs };
  }

  #heardForMs(): number | null {
    const now = this.monotonicNow();
    if (!this.#beginning || (this.#beats.size >= MANY && now > this.#someAliveUntil)) return null;
    return now - this.#beginning.at;
  }
}

/** Unambiguous, because neither part contains a dot. */
function keyOf(tenantId: string, agentId: string): string {
  return `${tenantId}.${agentId}`;
}
