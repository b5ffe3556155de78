import { IsCaBundle, IsOrigin } from '@integrations/provider-kit';
import { IsOptional, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { AwsCredentialConfig, REGION } from '../vendors/aws/config';

/** The credential at AWS, and the clusters to look at. */
export class EcsConfig extends AwsCredentialConfig {
  @JSONSchema({ description: 'The only cluster to read. Absent: all clusters of the account in the region.' })
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{1,255}$/, { message: 'must be the name of a cluster, without its ARN' })
  cluster?: string;

  @JSONSchema({ description: "The region. Needed only if the endpoint is not one of AWS's own names." })
  @IsOptional()
  @Matches(REGION, { message: 'must be a region, such as eu-central-1' })
  region?: string;

  @JSONSchema({
    description:
      "STS, which identifies the credential and issues roles, as https://host[:port]. Absent: AWS's own endpoint in the region; if the endpoint is not one of AWS's own names, the same host as the endpoint.",
  })
  @IsOptional()
  @IsOrigin()
  stsEndpoint?: string;

  @IsCaBundle('a proxy or a VPC endpoint of your own')
  caBundle?: string;
}
