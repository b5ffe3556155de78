import type { ProbeDemand, ProbeLease } from '@integrations/database';
import { Room } from './room';

export interface BulkheadLimits {
  /** Concurrent probes of one provider: one that hangs does not take the places of the others. */
  readonly ofProvider: number;
  /** Concurrent probes of one host, whose owner may not like more. */
  readonly ofHost: number;
  /** Results that may wait to be written: how far probing may run ahead of a slow database. */
  readonly ofResults: number;
}

type Wanted = ProbeDemand['wanted'][number];
type Lane = Pick<Wanted, 'provider' | 'slow'>;
type Place = Pick<ProbeLease, 'provider' | 'slow' | 'host'>;

/** Targets that were slow last time get this share of their provider's places on top, and use none of the others. */
const SLOW_SHARE = 1 / 8;

/**
 * Limits how many more probes may run: per provider, with places of their own for targets that were slow last time; per
 * host; and only while not too many results wait to be written.
 */
export class Bulkheads {
  readonly #lanes: readonly (Lane & { readonly room: Room })[];
  readonly #rooms: ReadonlyMap<string, { readonly quick: Room; readonly slow: Room }>;
  readonly #hosts = new Map<string, Room>();
  readonly #results: Room;
  /** Most probes per claim: half of the results can be written while the other half is claimed and probed. */
  readonly #ofClaim: number;
  #isRoomFreed = false;
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

  /** The lanes with free places, and how many probes each may claim. */
  wanted(): Wanted[] {
    this.#isRoomFreed = false; // this call sees every place that is free by now
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

  /** A claim took as many probes of the lane as were wanted, so more may be due. */
  exhausted(lane: Lane): void {
    this.#laneOf(lane)?.await();
  }

  /** More probes of the host were due than may run. If all that ran have ended since, the next claim is due at once. */
  crowded(host: string): void {
    const room = this.#hosts.get(host);
    if (room) room.await();
    else this.#announceRoom();
  }

  /** Hosts with probes in flight, and how many. */
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

  /** One more result waits to be written. */
  found(): void {
    this.#results.enter();
  }

  /** This many results no longer wait: they are written or given up. */
  settled(results: number): void {
    this.#results.leave(results);
  }

  inFlight(provider: string): number {
    const rooms = this.#rooms.get(provider);
    return rooms ? rooms.quick.taken + rooms.slow.taken : 0;
  }

  /** Resolves when an awaited room is at most half taken; at once if that has happened since the last `wanted`. */
  async roomFreed(): Promise<void> {
    if (!this.#isRoomFreed) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #laneOf({ provider, slow }: Lane): Room | undefined {
    return this.#rooms.get(provider)?.[slow ? 'slow' : 'quick'];
  }

  #room(limit: number): Room {
    return new Room(limit, () => this.#announceRoom());
  }

  #announceRoom(): void {
    this.#isRoomFreed = true;
    this.#wake?.();
  }
}
