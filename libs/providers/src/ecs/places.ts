import { AWS_DUAL_STACK, AWS_SUFFIXES, stsOrigin } from '../vendors/aws/domains';
import type { EcsConfig } from './config';

/** Where ECS and STS are; `sts` is an origin. */
export interface EcsPlaces {
  /** Null where neither the endpoint nor the config tells. */
  readonly region: string | null;
  readonly sts: string;
}

/** https://docs.aws.amazon.com/general/latest/gr/ecs-service.html */
const OWN = /^ecs(-fips)?\.([a-z0-9-]+)\.(.+)$/;

/** What the endpoint tells; a place that is named in the config comes first. */
export function placesOf(endpoint: string, { region, stsEndpoint }: EcsConfig): EcsPlaces {
  const { hostname, origin } = new URL(endpoint);
  const [, fips = '', told = '', suffix = ''] = OWN.exec(hostname) ?? [];
  const isOwn = AWS_SUFFIXES.includes(suffix) || AWS_DUAL_STACK.includes(suffix);
  const found = isOwn ? { region: told, sts: stsOrigin(told, suffix, fips) } : { region: null, sts: origin };
  return { region: region ?? found.region, sts: stsEndpoint ?? found.sts };
}
