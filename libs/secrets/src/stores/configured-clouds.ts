import type { CloudStoreConfig } from '@integrations/config';
import { AwsStore } from './aws/aws-store';
import { AzureStore } from './azure/azure-store';
import type { ServiceDeps } from './configured-services';
import { GcpStore } from './gcp/gcp-store';
import type { SecretStore } from './secret-store';

export type CloudDeps = Pick<ServiceDeps, 'egress' | 'clock' | 'hide'>;

/** The configured cloud stores. Loads no SDK and makes no calls. */
export function configuredClouds(config: CloudStoreConfig, deps: CloudDeps): SecretStore[] {
  return [awsStore(config, deps), gcpStore(config, deps), azureStore(config, deps)].filter((store) => store !== null);
}

function awsStore(config: CloudStoreConfig, deps: CloudDeps): AwsStore | null {
  const { awsSecretsRegion: region, awsSecretsEndpoint: endpoint, awsSecretsPrefix: prefix } = config;
  return region ? new AwsStore({ ...deps, region, prefix, ...(endpoint ? { endpoint } : {}) }) : null;
}

function gcpStore(config: CloudStoreConfig, deps: CloudDeps): GcpStore | null {
  const { gcpSecretsProject: project, gcpSecretsEndpoint: endpoint, gcpSecretsPrefix: prefix } = config;
  return project ? new GcpStore({ ...deps, project, prefix, ...(endpoint ? { endpoint } : {}) }) : null;
}

function azureStore({ azureVaultUrl: vaultUrl, azureVaultPrefix: prefix }: CloudStoreConfig, deps: CloudDeps) {
  return vaultUrl ? new AzureStore({ ...deps, vaultUrl, prefix }) : null;
}
