import { IsCaBundle } from '@integrations/provider-kit';
import { IsInt, Max, Min } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { IsAppId } from '../vendors/github/config-fields';

/** The GitHub App, and the installation that it reads through. */
export class GitHubActionsConfig {
  @IsAppId()
  appId: string;

  @JSONSchema({ description: 'The installation whose repositories are read: the number at the end of its URL.' })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  installationId: number;

  @IsCaBundle('a GitHub Enterprise Server')
  caBundle?: string;
}
