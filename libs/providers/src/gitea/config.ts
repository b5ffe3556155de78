import { IsInt, IsOptional, Matches, Max, MaxLength, Min } from 'class-validator';
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

  @JSONSchema({ description: 'PEM certificates of the authority behind a self-hosted server.' })
  @IsOptional()
  @Matches(/-----BEGIN CERTIFICATE-----/, { message: 'must be PEM certificates' })
  @MaxLength(100_000)
  caBundle?: string;
}
