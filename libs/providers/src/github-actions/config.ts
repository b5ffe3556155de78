import { IsCaBundle } from '@integrations/provider-kit';
import { IsInt, Max, Min } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { IsAppId } from '../vendors/github/config-fields';

/** Which GitHub App asks, and through which of its installations. */
export class GitHubActionsConfig {
  @IsAppId()
  appId: string;

  @JSONSchema({ description: 'The installation whose repositories are looked at, as the last part of its URL.' })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  installationId: number;

  @IsCaBundle('a GitHub Enterprise Server')
  caBundle?: string;
}
