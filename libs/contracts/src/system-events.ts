/** What happens to the platform itself, on `integrations.v1.sys.<event>`. Of no tenant and of no integration. */
export interface SystemEventData {
  /**
   * Many hosts turned bad at once for one health worker: more likely its own network than all of them. It judges no
   * failure until it has recovered; what it cannot check becomes stale.
   */
  prober_degraded: {
    /** The worker, as long as its process lives. */
    worker: string;
    /** Distinct hosts that it probed within the time that it looked at, and how many of them turned bad. */
    hosts: number;
    turnedBad: number;
    /** When it stopped judging failures, ISO-8601 UTC. */
    since: string;
  };
  /** The worker reaches enough hosts again, and judges as ever. */
  prober_recovered: {
    worker: string;
    /** From when until when it judged no failure, ISO-8601 UTC. */
    since: string;
    until: string;
  };
}

export type SystemEventName = keyof SystemEventData;

/** The field common to the body of every system event. */
export interface SystemEventBody {
  /** Gapless over all system events, from 1; the same as the header `ce-sequence`. */
  readonly sequence: number;
}

/** A system event as an app hands it to the outbox; the relay adds the sequence. */
export interface SystemEvent<N extends SystemEventName = SystemEventName> {
  readonly event: N;
  readonly data: SystemEventData[N];
}

/** The source of system events, as the header `ce-source` names it. */
export const SYSTEM_SOURCE = '/system';

export function systemSubject(event: SystemEventName): string {
  return `integrations.v1.sys.${event}`;
}
