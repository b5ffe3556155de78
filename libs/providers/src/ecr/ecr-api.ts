import { type JsonObject, jsonObject, ProviderError } from '@integrations/provider-kit';
import type { AwsIdentity } from '../vendors/aws/identity';
import type { EcrPlaces } from './places';

export type EcrAction = 'GetAuthorizationToken' | 'DescribeRepositories';

/** ECR's own API, in addition to the registry protocol. */
export class EcrApi {
  readonly #identity: AwsIdentity;
  readonly #places: EcrPlaces;
  readonly #region: string;

  constructor(identity: AwsIdentity, places: EcrPlaces, region: string) {
    this.#identity = identity;
    this.#places = places;
    this.#region = region;
  }

  /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/ and …/AmazonECRPublic/… */
  async ask(action: EcrAction, input: object, signal: AbortSignal): Promise<JsonObject> {
    const { isPublic, api: url } = this.#places;
    const target = isPublic ? 'SpencerFrontendService' : 'AmazonEC2ContainerRegistry_V20150921';
    const response = await this.#identity.call(
      {
        ...{ product: isPublic ? 'ECR Public' : 'ECR', service: isPublic ? 'ecr-public' : 'ecr' },
        ...{ url, region: this.#region, action, body: JSON.stringify(input) },
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${target}.${action}` },
      },
      signal,
    );
    const answer = jsonObject(response.text());
    if (!answer) throw unreadable(action);
    return answer;
  }
}

export function unreadable(action: EcrAction): ProviderError {
  return new ProviderError('provider_unavailable', `ECR's answer to ${action} has an unexpected format`);
}
