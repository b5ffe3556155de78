import {
  type IntegrationConfig,
  type ProviderDeps,
  ProviderError,
  readJson,
  unreadable,
} from '@integrations/provider-kit';
import { AwsIdentity } from '../vendors/aws/identity';
import type { EcsConfig } from './config';
import { placesOf } from './places';

const PRODUCT = 'ECS';
const TARGET = 'AmazonEC2ContainerServiceV20141113';

export type EcsAction = 'ListClusters' | 'DescribeClusters' | 'ListTasks' | 'DescribeTasks';

/** The API of ECS in one region, and our identity at AWS. */
export class EcsClient {
  readonly identity: AwsIdentity;
  /** Null for all clusters. */
  readonly cluster: string | null;
  readonly #url: string;
  readonly #region: string;

  /** Throws `invalid_request` if neither the endpoint nor the config names the region. */
  constructor({ endpoint, config }: IntegrationConfig<EcsConfig>, deps: ProviderDeps) {
    const { region, sts } = placesOf(endpoint, config);
    if (region === null) {
      const message = `config.region is missing: ${endpoint} is not one of AWS's own names, which contain it`;
      throw new ProviderError('invalid_request', message);
    }
    this.identity = new AwsIdentity(config, { url: sts, region }, deps);
    this.cluster = config.cluster ?? null;
    this.#url = endpoint;
    this.#region = region;
  }

  /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ */
  async ask(action: EcsAction, input: object, signal: AbortSignal): Promise<Record<string, unknown>> {
    const response = await this.identity.call(
      {
        ...{ product: PRODUCT, service: 'ecs', url: this.#url, region: this.#region, action },
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${TARGET}.${action}` },
        body: JSON.stringify(input),
      },
      signal,
    );
    return readJson(response.text(), (cause) => unreadable(PRODUCT, action, cause)) as Record<string, unknown>;
  }

  /** A page of ARNs, and the token of the next page. */
  async list(
    action: 'ListClusters' | 'ListTasks',
    field: 'clusterArns' | 'taskArns',
    input: object,
    signal: AbortSignal,
  ): Promise<{ readonly arns: readonly string[]; readonly nextToken: string | null }> {
    const { [field]: arns, nextToken } = await this.ask(action, input, signal);
    if (!isTexts(arns)) throw unreadable(PRODUCT, action);
    return { arns, nextToken: typeof nextToken === 'string' && nextToken !== '' ? nextToken : null };
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
