import { IsNested } from '@integrations/contracts';
import { IsBoolean, IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** The failures of a vendor that can be played: those that a caller or an operator must tell apart. */
export const SIMULATED_FAILURES = [
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

/** How a pull request stands. */
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

/** How the vendor that does not exist behaves. */
export class InMemoryConfig {
  @JSONSchema({ description: 'Milliseconds that each call takes.' })
  @IsInt()
  @Min(0)
  @Max(60_000)
  latencyMs: number = 0;

  @JSONSchema({ description: 'Fails each call with this error code, as a vendor would; absent, calls succeed.' })
  @IsOptional()
  @IsIn(SIMULATED_FAILURES)
  failWith?: SimulatedFailure;

  @JSONSchema({ description: 'Refuses to work without a credential, whatever its value.' })
  @IsBoolean()
  requireCredential: boolean = false;

  @JSONSchema({ description: 'How every pull request stands; absent, nothing can be asked about one.' })
  @IsOptional()
  @IsNested(() => InMemoryPullRequest)
  pullRequest?: InMemoryPullRequest;
}
