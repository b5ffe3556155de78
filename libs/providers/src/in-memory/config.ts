import { IsNested } from '@integrations/contracts';
import { IsBoolean, IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** The vendor failures that can be simulated: those that a caller or an operator must tell apart. */
const SIMULATED_FAILURES = [
  'unauthenticated',
  'permission_missing',
  'not_installed',
  'not_found_or_no_access',
  'rate_limited',
  'network',
  'tls',
  'timeout',
  'provider_unavailable',
] as const;
export type SimulatedFailure = (typeof SIMULATED_FAILURES)[number];

/** The state of a pull request. */
export class InMemoryPullRequest {
  @JSONSchema({ description: 'The newest commit.' })
  @Matches(/^[0-9a-f]{40}$/, { message: 'must be a full commit sha: 40 lower-case hexadecimal digits' })
  headSha: string;

  @IsIn(['open', 'closed'])
  state: 'open' | 'closed' = 'open';

  @IsBoolean()
  draft: boolean = false;

  @IsBoolean()
  locked: boolean = false;
}

/** How the simulated vendor behaves. */
export class InMemoryConfig {
  @JSONSchema({ description: 'Duration of each call in milliseconds.' })
  @IsInt()
  @Min(0)
  @Max(60_000)
  latencyMs: number = 0;

  @JSONSchema({ description: 'Makes each call fail with this error code, as at a real vendor. Absent: calls succeed.' })
  @IsOptional()
  @IsIn(SIMULATED_FAILURES)
  failWith?: SimulatedFailure;

  @JSONSchema({ description: 'Requires a credential, of any value.' })
  @IsBoolean()
  requireCredential: boolean = false;

  @JSONSchema({ description: 'The state of every pull request. Absent: pull requests cannot be read.' })
  @IsOptional()
  @IsNested(() => InMemoryPullRequest)
  pullRequest?: InMemoryPullRequest;
}
