import { IsCaBundle } from '@integrations/provider-kit';
import { IsInt, Max, Min } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** How fast we post, and whom we trust. */
export class GiteaConfig {
  @JSONSchema({
    description:
      'How many writes the token may make in a minute. Gitea and Forgejo have no such limit of their own; those who run an instance may.',
  })
  @IsInt()
  @Min(1)
  @Max(100_000)
  writesPerMinute: number = 120;

  @IsCaBundle('a self-hosted server')
  caBundle?: string;
}
