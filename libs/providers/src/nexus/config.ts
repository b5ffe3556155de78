import { IsBaseUrl, IsCaBundle, IsCanary, IsUserName } from '@integrations/provider-kit';
import { IsOptional } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Who asks Nexus, and about what. */
export class NexusConfig {
  @JSONSchema({ description: 'The user, or the name code of a user token. Absent: the secret is name:password.' })
  @IsOptional()
  @IsUserName()
  username?: string;

  @JSONSchema({
    description:
      "Nexus's own URL, whose status is looked at, where the endpoint is a connector with a port or a host of its own. It is shown no credential.",
  })
  @IsOptional()
  @IsBaseUrl('https://nexus.example.com')
  nexusUrl?: string;

  @IsCanary('team/app:stable')
  canary?: string;

  @IsCaBundle('a private Nexus')
  caBundle?: string;
}
