import { IsOptional, Matches } from 'class-validator';
import { IsServiceUrl } from './converters';
import { ServiceStoreConfig } from './service-store-config';

// `eusc-de-east-1` of the European Sovereign Cloud begins with four letters.
const REGION = /^[a-z]{2,4}(-[a-z]{1,12}){1,3}-\d{1,2}$/;
const PROJECT = /^[a-z0-9]([a-z0-9.:-]{0,61}[a-z0-9])?$/;
// A separator must follow {tenant}, so that tenant `a` cannot name secrets of tenant `a-b`.
const AWS_PREFIX = /^[A-Za-z0-9/_+=.@-]{0,128}\{tenant\}[/_+=.@-]{1,8}$/;
const GCP_PREFIX = /^[A-Za-z0-9_-]{0,64}\{tenant\}[_-]{1,8}$/;
const AZURE_PREFIX = /^[A-Za-z0-9-]{0,32}\{tenant\}-{1,8}$/;
const prefixOf = (signs: string) => ({
  message: `must contain {tenant} and end with one to eight of ${signs} after it`,
});

/** The secret stores of the clouds. The vendors' SDKs find our identity there, as everywhere else. */
export class CloudStoreConfig extends ServiceStoreConfig {
  /** Enables the `aws` store: the region of the secrets. */
  @IsOptional()
  @Matches(REGION, { message: 'must be the name of an AWS region' })
  awsSecretsRegion?: string;

  /** Replaces the public endpoint of the region, for a VPC endpoint or another partition. */
  @IsOptional()
  @IsServiceUrl('https', 'http')
  awsSecretsEndpoint?: string;

  @Matches(AWS_PREFIX, prefixOf('/ _ + = . @ -'))
  awsSecretsPrefix: string = 'integrations/{tenant}/';

  /** Enables the `gcp` store: id or number of the project that holds the secrets. */
  @IsOptional()
  @Matches(PROJECT, { message: 'must be the id or the number of a Google Cloud project' })
  gcpSecretsProject?: string;

  /** Replaces the public endpoint. */
  @IsOptional()
  @IsServiceUrl('https', 'http')
  gcpSecretsEndpoint?: string;

  @Matches(GCP_PREFIX, prefixOf('_ -'))
  gcpSecretsPrefix: string = 'integrations-{tenant}--';

  /** Enables the `azure` store: the address of the Key Vault. */
  @IsOptional()
  @IsServiceUrl('https', 'http')
  azureVaultUrl?: string;

  @Matches(AZURE_PREFIX, prefixOf('-'))
  azureVaultPrefix: string = 'integrations-{tenant}--';
}
