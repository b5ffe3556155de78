import { IsCaBundle, IsCanary, IsOrigin } from '@integrations/provider-kit';
import { IsOptional, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { AwsCredentialConfig, REGION } from '../vendors/aws/config';

/** The credential at AWS, and what the endpoint does not show about the registry. */
export class EcrConfig extends AwsCredentialConfig {
  @JSONSchema({ description: "The region. Needed only if the endpoint is not one of ECR's own names." })
  @IsOptional()
  @Matches(REGION, { message: 'must be a region, such as eu-central-1' })
  region?: string;

  @JSONSchema({
    description:
      "The API of ECR, as https://host[:port], such as a VPC endpoint. Absent: AWS's own endpoint in the registry's region; if the endpoint is not one of ECR's own names, the same host as the endpoint.",
  })
  @IsOptional()
  @IsOrigin()
  apiEndpoint?: string;

  @JSONSchema({
    description: 'STS, which identifies the credential and issues roles, given in the same way as apiEndpoint.',
  })
  @IsOptional()
  @IsOrigin()
  stsEndpoint?: string;

  @IsCanary('team/app:stable')
  canary?: string;

  @IsCaBundle('a proxy or a VPC endpoint of your own')
  caBundle?: string;
}
