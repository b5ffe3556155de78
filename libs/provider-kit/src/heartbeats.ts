import type { AgentHeartbeat } from '@integrations/contracts';

/** The newest heartbeat of an agent. */
export interface LastBeat {
  readonly beat: AgentHeartbeat;
  /** Milliseconds since the heartbeat arrived at NATS. */
  readonly ageMs: number;
  /** The agent's clock minus the NATS server's clock, in milliseconds. */
  readonly clockSkewMs: number;
}

/** The heartbeats of one tenant's agents. */
export interface Heartbeats {
  /** The agent's newest heartbeat; null if none from that agent is known. */
  latest(agentId: string): LastBeat | null;
  /** Milliseconds for which no heartbeat of any agent can have been missed; null while that is unknown. */
  heardForMs(): number | null;
}

/** Listens to the agents of all tenants. */
export interface HeartbeatSource {
  ofTenant(tenantId: string): Heartbeats;
}
