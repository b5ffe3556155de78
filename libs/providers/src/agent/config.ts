import { AGENT_CAPABILITY_PATTERN, AGENT_ID_PATTERN } from '@integrations/contracts';
import { ArrayMaxSize, IsArray, IsOptional, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Three numbers, of which comparing needs no more. */
const RELEASE_PATTERN = /^\d{1,6}\.\d{1,6}\.\d{1,6}$/;

/** Which agent it is, and what is asked of it. */
export class AgentConfig {
  @JSONSchema({ description: 'The id that the agent reports under: the token before `heartbeat` in its subject.' })
  @Matches(AGENT_ID_PATTERN, { message: 'must be 1 to 63 letters, digits, - or _, and begin with a letter or digit' })
  agentId: string;

  @JSONSchema({ description: 'The oldest version of the agent that will do.' })
  @IsOptional()
  @Matches(RELEASE_PATTERN, { message: 'must be a version of three numbers, like 1.4.0' })
  minimumVersion?: string;

  @JSONSchema({ description: 'What the agent must report to be able to do, `btf` for one.' })
  @IsArray()
  @ArrayMaxSize(32)
  @Matches(AGENT_CAPABILITY_PATTERN, { each: true, message: 'each must be 1 to 63 lower-case letters, digits or ._-' })
  requiredCapabilities: string[] = [];
}
