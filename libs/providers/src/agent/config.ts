import { AGENT_CAPABILITY_PATTERN, AGENT_ID_PATTERN } from '@integrations/contracts';
import { ArrayMaxSize, IsArray, IsOptional, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Three numbers: enough to compare versions. */
const RELEASE_PATTERN = /^\d{1,6}\.\d{1,6}\.\d{1,6}$/;

/** The agent, and the requirements that it must meet. */
export class AgentConfig {
  @JSONSchema({ description: 'The id that the agent reports under: the token before `heartbeat` in its subject.' })
  @Matches(AGENT_ID_PATTERN, { message: 'must be 1 to 63 letters, digits, - or _, and begin with a letter or digit' })
  agentId: string;

  @JSONSchema({ description: 'The oldest acceptable version of the agent.' })
  @IsOptional()
  @Matches(RELEASE_PATTERN, { message: 'must be a version of three numbers, like 1.4.0' })
  minimumVersion?: string;

  @JSONSchema({ description: 'Capabilities that the agent must report, such as `btf`.' })
  @IsArray()
  @ArrayMaxSize(32)
  @Matches(AGENT_CAPABILITY_PATTERN, { each: true, message: 'each must be 1 to 63 lower-case letters, digits or ._-' })
  requiredCapabilities: string[] = [];
}
