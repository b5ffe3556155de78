import type { AgentHeartbeat } from '@integrations/contracts';

/** The newest beat of an agent. */
export interface LastBeat {
  readonly beat: AgentHeartbeat;
  /** Milliseconds since it arrived at NATS. */
  readonly ageMs: number;
  /** The agent's clock minus that of the server that it arrived at, in milliseconds. */
  readonly clockSkewMs: number;
}

/** What the agents of one tenant report. */
export interface Heartbeats {
  /** Null: none is known of that id. */
  latest(agentId: string): LastBeat | null;
  /** For how long, in milliseconds, every beat of every agent has been heard; null while that cannot be said. */
  heardForMs(): number | null;
}

/** Whoever listens to all agents. */
export interface HeartbeatSource {
  ofTenant(tenantId: string): Heartbeats;
}
