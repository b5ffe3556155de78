import {
  ChallengeAuthorizer,
  type IntegrationConfig,
  OciRegistry,
  type ProviderDeps,
  ProviderError,
} from '@integrations/provider-kit';
import { AwsIdentity } from '../vendors/aws/identity';
import type { EcrConfig } from './config';
import { EcrCredentials } from './credentials';
import { EcrApi } from './ecr-api';
import { type EcrPlaces, placesOf } from './places';

/** The registry, ECR's own API, which lists its repositories, and our identity at AWS. */
export interface EcrClient {
  readonly registry: OciRegistry;
  readonly api: EcrApi;
  readonly identity: AwsIdentity;
  readonly places: EcrPlaces;
}

/** Throws `invalid_request` if neither the endpoint nor the config names the region. */
export function openEcr(integration: IntegrationConfig<EcrConfig>, deps: ProviderDeps): EcrClient {
  const { endpoint, config } = integration;
  const places = placesOf(endpoint, config);
  const { region, isPublic } = places;
  if (region === null) {
    const message = `config.region is missing: ${endpoint} is not one of ECR's own names, which contain it`;
    throw new ProviderError('invalid_request', message);
  }
  const identity = new AwsIdentity(config, { url: places.sts, region }, deps);
  const api = new EcrApi(identity, places, region);
  const credentials = new EcrCredentials([endpoint, places.api, region], identity, api, deps);
  const common = { endpoint, product: isPublic ? 'ECR Public' : 'ECR', deps };
  const isRefusal = credentials.isRefusal.bind(credentials);
  const authorizer = new ChallengeAuthorizer({ ...common, credentials, isRefusal });
  return { registry: new OciRegistry({ ...common, authorizer }), api, identity, places };
}
