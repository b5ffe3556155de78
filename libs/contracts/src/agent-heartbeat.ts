import { ArrayMaxSize, IsArray, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { HasNoRepeats, IsInstant, IsLine, IsNested } from './rules';

/** The name that an agent reports under: a token of a NATS subject, so without dots. */
export const AGENT_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
/** What an agent can do, or its host: a short name such as `btf`. */
export const AGENT_CAPABILITY_PATTERN = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** Agents whose newest beat is kept; of more, those are forgotten that were silent the longest. */
export const MAX_AGENTS = 100_000;
/** For so long a newest beat is kept. */
export const BEAT_KEPT_DAYS = 30;
/** Bytes of the largest beat that the stream takes: several times what a full one has. */
export const MAX_BEAT_BYTES = 8_192;

/** A lost beat, and a late one. */
const BEATS_MISSED = 2;
const LATENESS_MS = 20_000;

/** For how long, in milliseconds, an agent may be silent and is still taken to be alive. */
export function silenceAllowedMs(intervalSeconds: number): number {
  return BEATS_MISSED * intervalSeconds * 1_000 + LATENESS_MS;
}

/** The program that reports. Texts are without control characters, as are those of the host. */
export class AgentSoftware {
  /** Of the agent itself, such as `1.4.2`. */
  @IsLine(100)
  version: string;
}

/** The host that it runs on. */
export class AgentHost {
  /** As the host calls itself. */
  @IsLine(253)
  name: string;

  /** Such as `linux`. */
  @IsLine(64)
  os: string;

  /** Such as `amd64`. */
  @IsLine(32)
  arch: string;

  /** The release of its kernel, such as `6.1.0-18-amd64`. */
  @IsOptional()
  @IsLine(128)
  kernel?: string;
}

/**
 * What a host agent publishes on `integrations.v1.agent.<tenant>.<agentId>.heartbeat`, over core NATS and without
 * waiting for an answer. Unknown fields are ignored.
 */
export class AgentHeartbeat {
  /** The agent's clock, by which is seen how far it is off. */
  @IsInstant()
  sentAt: string;

  /** Seconds until its next beat. */
  @IsInt()
  @Min(5)
  @Max(3_600)
  intervalSeconds: number;

  @IsNested(() => AgentSoftware)
  agent: AgentSoftware;

  @IsNested(() => AgentHost)
  host: AgentHost;

  /** What can be done there: `btf` where the kernel describes its types, for one. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(32)
  @HasNoRepeats()
  @Matches(AGENT_CAPABILITY_PATTERN, { each: true, message: 'each must be 1 to 63 lower-case letters, digits or ._-' })
  capabilities: string[] = [];
}
