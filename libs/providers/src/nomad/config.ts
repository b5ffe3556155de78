import { IsCaBundle } from '@integrations/provider-kit';
import { IsOptional, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Selects the part of a Nomad cluster that is listed. */
export class NomadConfig {
  @JSONSchema({ description: 'The only namespace to read. Absent: all namespaces that the token may read.' })
  @IsOptional()
  @Matches(/^[a-zA-Z0-9-]{1,128}$/, { message: 'must be the name of a namespace, such as production' })
  namespace?: string;

  @IsCaBundle('a cluster with its own certificate authority')
  caBundle?: string;
}
