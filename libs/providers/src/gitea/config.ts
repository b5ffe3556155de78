import { IsCaBundle } from '@integrations/provider-kit';
import { IsInt, Max, Min } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** How fast to write, and which authority to trust. */
export class GiteaConfig {
  @JSONSchema({
    description:
      'How many writes the token may make in a minute. Gitea and Forgejo have no such limit of their own, but the operator of an instance may set one.',
  })
  @IsInt()
  @Min(1)
  @Max(100_000)
  writesPerMinute: number = 120;

  @IsCaBundle('a self-hosted server')
  caBundle?: string;
}
