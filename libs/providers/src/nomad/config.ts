import { IsCaBundle } from '@integrations/provider-kit';
import { IsOptional, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Which part of a Nomad cluster. */
export class NomadConfig {
  @JSONSchema({ description: 'The only namespace to look at. Absent: all that the token may read.' })
  @IsOptional()
  @Matches(/^[a-zA-Z0-9-]{1,128}$/, { message: 'must be the name of a namespace, such as production' })
  namespace?: string;

  @IsCaBundle('a cluster with TLS of its own')
  caBundle?: string;
}
