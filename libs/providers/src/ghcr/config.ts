import { IsCaBundle, IsCanary } from '@integrations/provider-kit';
import { IsString, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Whose packages are listed. */
export class GhcrConfig {
  @JSONSchema({ description: 'The organization or user whose images are listed.' })
  @IsString()
  @Matches(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/, { message: 'must be the name of a GitHub organization or user' })
  owner: string;

  @IsCanary('acme/app:stable')
  canary?: string;

  @IsCaBundle('a GitHub Enterprise Server')
  caBundle?: string;
}
