import { IsBaseUrl, IsCaBundle, IsCanary, IsUserName } from '@integrations/provider-kit';
import { IsOptional } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** The account at Nexus, and where Nexus itself is. */
export class NexusConfig {
  @JSONSchema({ description: 'The user, or the name code of a user token. Absent: the secret is name:password.' })
  @IsOptional()
  @IsUserName()
  username?: string;

  @JSONSchema({
    description:
      "Nexus's own URL, for checking its status, if the endpoint is a connector with its own port or host. No credential is sent there.",
  })
  @IsOptional()
  @IsBaseUrl('https://nexus.example.com')
  nexusUrl?: string;

  @IsCanary('team/app:stable')
  canary?: string;

  @IsCaBundle('a private Nexus')
  caBundle?: string;
}
