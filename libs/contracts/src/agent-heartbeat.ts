import { ArrayMaxSize, IsArray, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { HasNoRepeats, IsInstant, IsLine, IsNested } from './rules';

/** The id under which an agent reports. It is one token of a NATS subject, so it contains no dots. */
export const AGENT_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
/** The name of something that the agent or its host can do, such as `btf`. */
export const AGENT_CAPABILITY_PATTERN = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** How many agents the stream remembers. Beyond that, it forgets those whose last heartbeat is the oldest. */
export const MAX_AGENTS = 100_000;
/** How many days the stream keeps an agent's latest heartbeat. */
export const BEAT_KEPT_DAYS = 30;
/**
 * The largest heartbeat that the stream accepts, in bytes: several times the size of one with every field at its limit.
 */
export const MAX_BEAT_BYTES = 8_192;

/** An agent may lose one heartbeat, and send the next one late, before it counts as silent. */
const BEATS_MISSED = 2;
const LATENESS_MS = 20_000;

/** How long an agent may be silent, in milliseconds, and still count as alive. */
export function silenceAllowedMs(intervalSeconds: number): number {
  return BEATS_MISSED * intervalSeconds * 1_000 + LATENESS_MS;
}

/** The agent program. Its texts contain no control characters. */
export class AgentSoftware {
  /** Version of the agent, such as `1.4.2`. */
  @IsLine(100)
  version: string;
}

/** The host that the agent runs on. Its texts contain no control characters. */
export class AgentHost {
  /** The host name, as the host reports it. */
  @IsLine(253)
  name: string;

  /** Operating system, such as `linux`. */
  @IsLine(64)
  os: string;

  /** CPU architecture, such as `amd64`. */
  @IsLine(32)
  arch: string;

  /** Kernel release, such as `6.1.0-18-amd64`. */
  @IsOptional()
  @IsLine(128)
  kernel?: string;
}

/**
 * A heartbeat that a host agent publishes on `integrations.v1.agent.<tenant>.<agentId>.heartbeat`. It uses core NATS
 * and waits for no answer. Unknown fields are ignored.
 */
export class AgentHeartbeat {
  /** The time by the agent's clock when it sent this. We use it to detect clock skew. */
  @IsInstant()
  sentAt: string;

  /** Seconds until the next heartbeat. */
  @IsInt()
  @Min(5)
  @Max(3_600)
  intervalSeconds: number;

  /** The agent program. */
  @IsNested(() => AgentSoftware)
  agent: AgentSoftware;

  /** The host that the agent runs on. */
  @IsNested(() => AgentHost)
  host: AgentHost;

  /** What the agent or its host can do: for example `btf` when the kernel provides BPF type information. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(32)
  @HasNoRepeats()
  @Matches(AGENT_CAPABILITY_PATTERN, { each: true, message: 'each must be 1 to 63 lower-case letters, digits or ._-' })
  capabilities: string[] = [];
}
