import type { ProbeDemand, ProbeLease } from '@integrations/database';
import { Room } from './room';

export interface BulkheadLimits {
  /** Probes at once of one provider: what hangs of one leaves the room of the others. */
  readonly ofProvider: number;
  /** Probes at once of one host, whose owner may not like more. */
  readonly ofHost: number;
  /** Results that wait to be written: how far probing may be ahead of a slow database. */
  readonly ofResults: number;
}

type Wanted = ProbeDemand['wanted'][number];
type Lane = Pick<Wanted, 'provider' | 'slow'>;
type Place = Pick<ProbeLease, 'provider' | 'slow' | 'host'>;

/** What was slow last time has this part of its provider's places besides them, and none of them. */
const SLOW_SHARE = 1 / 8;

/**
 * How many more probes may run: of each provider, those that were quick last time and those that were slow apart, of each
 * host, and as long as not too many results wait.
 */
export class Bulkheads {
  readonly #lanes: readonly (Lane & { readonly room: Room })[];
  readonly #rooms: ReadonlyMap<string, { readonly quick: Room; readonly slow: Room }>;
  readonly #hosts = new Map<string, Room>();
  readonly #results: Room;
  /** One half of the results is written while the other is claimed and probed. */
  readonly #ofClaim: number;
  #isEased = false;
  #wake: (() => void) | null = null;

  constructor(
    providers: readonly string[],
    readonly limits: BulkheadLimits,
  ) {
    const ofSlow = Math.max(1, Math.floor(limits.ofProvider * SLOW_SHARE));
    this.#rooms = new Map(
      providers.map((provider) => [provider, { quick: this.#room(limits.ofProvider), slow: this.#room(ofSlow) }]),
    );
    this.#lanes = [...this.#rooms].flatMap(([provider, { quick, slow }]) => [
      { provider, slow: false, room: quick },
      { provider, slow: true, room: slow },
    ]);
    this.#results = this.#room(limits.ofResults);
    this.#ofClaim = Math.ceil(limits.ofResults / 2);
  }

  /** Lanes with room, and how much. */
  wanted(): Wanted[] {
    this.#isEased = false; // what was free before is seen now
    if (this.#results.free <= 0) {
      this.#results.await();
      return [];
    }
    return this.#lanes.flatMap(({ provider, slow, room }) => {
      if (room.free > 0) return [{ provider, slow, limit: Math.min(room.free, this.#ofClaim) }];
      room.await();
      return [];
    });
  }

  /** As many were due as were wanted, so there may be more. */
  exhausted(lane: Lane): void {
    this.#laneOf(lane)?.await();
  }

  /** More was due of the host than may run; what ran of it may have ended since. */
  crowded(host: string): void {
    const room = this.#hosts.get(host);
    if (room) room.await();
    else this.#ease();
  }

  /** Hosts at work. */
  running(): { host: string; probes: number }[] {
    return [...this.#hosts].map(([host, { taken }]) => ({ host, probes: taken }));
  }

  enter(place: Place): void {
    this.#laneOf(place)?.enter();
    const host = this.#hosts.get(place.host) ?? this.#room(this.limits.ofHost);
    this.#hosts.set(place.host, host);
    host.enter();
  }

  leave(place: Place): void {
    this.#laneOf(place)?.leave();
    const host = this.#hosts.get(place.host);
    host?.leave();
    if (host?.taken === 0) this.#hosts.delete(place.host);
  }

  /** A result waits to be written from now on. */
  found(): void {
    this.#results.enter();
  }

  /** So many wait no longer. */
  settled(results: number): void {
    this.#results.leave(results);
  }

  inFlight(provider: string): number {
    const rooms = this.#rooms.get(provider);
    return rooms ? rooms.quick.taken + rooms.slow.taken : 0;
  }

  /** Resolves when a room for which more is due is at most half taken: at once, if that has come about since `wanted`. */
  async eased(): Promise<void> {
    if (!this.#isEased) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #laneOf({ provider, slow }: Lane): Room | undefined {
    return this.#rooms.get(provider)?.[slow ? 'slow' : 'quick'];
  }

  #room(limit: number): Room {
    return new Room(limit, () => this.#ease());
  }

  #ease(): void {
    this.#isEased = true;
    this.#wake?.();
  }
}
