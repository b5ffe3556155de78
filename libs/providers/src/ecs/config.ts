import { IsCaBundle, IsOrigin } from '@integrations/provider-kit';
import { IsOptional, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { AwsCredentialConfig, REGION } from '../vendors/aws/config';

/** Who asks at AWS, and which clusters it is about. */
export class EcsConfig extends AwsCredentialConfig {
  @JSONSchema({ description: 'The only cluster to look at. Absent: all of the account in the region.' })
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{1,255}$/, { message: 'must be the name of a cluster, without its ARN' })
  cluster?: string;

  @JSONSchema({ description: "The region; needed only where the endpoint is not one of AWS's own names." })
  @IsOptional()
  @Matches(REGION, { message: 'must be a region, such as eu-central-1' })
  region?: string;

  @JSONSchema({
    description:
      "Where STS is, as https://host[:port], which tells whose the credential is and gives out roles. Absent: where AWS has it in the region; of an endpoint that is not one of AWS's own names, at the same place.",
  })
  @IsOptional()
  @IsOrigin()
  stsEndpoint?: string;

  @IsCaBundle('a proxy or a VPC endpoint of your own')
  caBundle?: string;
}
