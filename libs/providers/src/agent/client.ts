import { silenceAllowedMs } from '@integrations/contracts';
import { type IntegrationConfig, type LastBeat, ProbeFailure, type ProviderDeps } from '@integrations/provider-kit';
import type { AgentConfig } from './config';

/** Assumed for an agent that has never reported. */
const USUAL_INTERVAL_SECONDS = 30;

/**
 * The agent's newest heartbeat, if it is recent enough. Makes no call: agents report by themselves, and this process
 * listens. Throws ProbeFailure: `agent_silent`, or `prober_error` if the process has not listened long enough to know.
 */
export function lastBeat(
  { config: { agentId } }: IntegrationConfig<AgentConfig>,
  { heartbeats }: Pick<ProviderDeps, 'heartbeats'>,
): LastBeat {
  if (!heartbeats) throw new ProbeFailure('prober_error', 'This process does not listen for agents');
  const last = heartbeats.latest(agentId);
  const interval = last?.beat.intervalSeconds ?? USUAL_INTERVAL_SECONDS;
  const allowedMs = silenceAllowedMs(interval);
  if (last && last.ageMs <= allowedMs) return last;
  const heardForMs = heartbeats.heardForMs();
  if (heardForMs === null) throw new ProbeFailure('prober_error', 'Heartbeats of agents cannot be received now');
  // A heartbeat may have been missed before we began to listen, so wait for the next one.
  if (heardForMs < allowedMs) {
    const waited = `we have listened for ${seconds(heardForMs)}, and an agent may be silent for ${seconds(allowedMs)}`;
    throw new ProbeFailure('prober_error', `No heartbeat from agent ${agentId} yet: ${waited}`);
  }
  if (!last) throw new ProbeFailure('agent_silent', `No agent has reported as ${agentId}`);
  const silence = `Agent ${agentId} has not reported for ${seconds(last.ageMs)}`;
  throw new ProbeFailure('agent_silent', `${silence}, but should report every ${interval} s`);
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1_000)} s`;
}
