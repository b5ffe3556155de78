import { IsCaBundle, IsCanary, IsOrigin } from '@integrations/provider-kit';
import { IsOptional, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { AwsCredentialConfig, REGION } from '../vendors/aws/config';

/** Who asks at AWS, and what of ECR is not told by the endpoint. */
export class EcrConfig extends AwsCredentialConfig {
  @JSONSchema({ description: "The region; needed only where the endpoint is not one of ECR's own names." })
  @IsOptional()
  @Matches(REGION, { message: 'must be a region, such as eu-central-1' })
  region?: string;

  @JSONSchema({
    description:
      "Where the API of ECR is, as https://host[:port]: that of a VPC endpoint, for one. Absent: where AWS has it in the region of the registry; of an endpoint that is not one of ECR's own names, at the same place.",
  })
  @IsOptional()
  @IsOrigin()
  apiEndpoint?: string;

  @JSONSchema({
    description: 'Where STS is, which tells whose the credential is and gives out roles; the same way as apiEndpoint.',
  })
  @IsOptional()
  @IsOrigin()
  stsEndpoint?: string;

  @IsCanary(
    'team/app:stable',
    'An image that is always there, as team/app:stable: a test proves that it may be pulled, and health checks look at it.',
  )
  canary?: string;

  @IsCaBundle('a proxy or a VPC endpoint of your own')
  caBundle?: string;
}
