/** Events of the platform itself, on `integrations.v1.sys.<event>`. They belong to no tenant and no integration. */
export interface SystemEventData {
  /**
   * Many hosts failed at once for one health worker, so its own network is the likelier cause. Until it recovers, the
   * worker judges no failure, and the health of integrations that it cannot check becomes stale.
   */
  prober_degraded: {
    /** Id of the worker, which changes when its process restarts. */
    worker: string;
    /** Distinct hosts that the worker probed within the observed time. @asType integer */
    hosts: number;
    /** How many of these hosts turned bad. @asType integer */
    turnedBad: number;
    /** When the worker stopped judging failures, ISO-8601 UTC. */
    since: string;
  };
  /** The worker reaches enough hosts again and judges failures as usual. */
  prober_recovered: {
    /** Id of the worker, as in `prober_degraded`. */
    worker: string;
    /** When the worker stopped judging failures, ISO-8601 UTC. */
    since: string;
    /** When it resumed, ISO-8601 UTC. */
    until: string;
  };
}

export type SystemEventName = keyof SystemEventData;

/** The field common to the body of every system event. */
export interface SystemEventBody {
  /**
   * Sequence number over all system events, from 1 without gaps; the same as the header `ce-sequence`.
   * @asType integer
   */
  readonly sequence: number;
}

/** A system event as an app writes it to the outbox. The relay adds the sequence number. */
export interface SystemEvent<N extends SystemEventName = SystemEventName> {
  readonly event: N;
  readonly data: SystemEventData[N];
}

/** The source of system events, as the header `ce-source` names it. */
export const SYSTEM_SOURCE = '/system';

export function systemSubject(event: SystemEventName): string {
  return `integrations.v1.sys.${event}`;
}
