import { silenceAllowedMs } from '@integrations/contracts';
import { type IntegrationConfig, type LastBeat, ProbeFailure, type ProviderDeps } from '@integrations/provider-kit';
import type { AgentConfig } from './config';

/** Assumed of an agent that was never heard. */
const USUAL_INTERVAL_SECONDS = 30;

/**
 * The newest beat of the agent, if that is young enough. Nothing is called: agents report by themselves, and somebody has
 * listened. Throws ProbeFailure: `agent_silent`, `prober_error` while nobody can know that.
 */
export function lastBeat(
  { config: { agentId } }: IntegrationConfig<AgentConfig>,
  { heartbeats }: Pick<ProviderDeps, 'heartbeats'>,
): LastBeat {
  if (!heartbeats) throw new ProbeFailure('prober_error', 'Nobody listens to agents here');
  const last = heartbeats.latest(agentId);
  const interval = last?.beat.intervalSeconds ?? USUAL_INTERVAL_SECONDS;
  const allowedMs = silenceAllowedMs(interval);
  if (last && last.ageMs <= allowedMs) return last;
  const heardForMs = heartbeats.heardForMs();
  if (heardForMs === null) throw new ProbeFailure('prober_error', 'Agents cannot be heard at present');
  // A beat may have been lost while nobody could hear it: the next one is waited for.
  if (heardForMs < allowedMs) {
    const waited = `agents have been heard for ${seconds(heardForMs)}, and it may be silent for ${seconds(allowedMs)}`;
    throw new ProbeFailure('prober_error', `No beat of agent ${agentId} yet: ${waited}`);
  }
  if (!last) throw new ProbeFailure('agent_silent', `No agent has reported as ${agentId}`);
  const silence = `Agent ${agentId} has not reported for ${seconds(last.ageMs)}`;
  throw new ProbeFailure('agent_silent', `${silence}, and should every ${interval} s`);
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1_000)} s`;
}
