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
  const told = toldBy(endpoint) ?? { region: null, sts: new URL(endpoint).origin };
  return { region: region ?? told.region, sts: stsEndpoint ?? told.sts };
}

/** Whether all that is called has one of AWS's own names. */
export function isAwsOwn(endpoint: string, { stsEndpoint }: EcsConfig): boolean {
  return stsEndpoint === undefined && toldBy(endpoint) !== null;
}

function toldBy(endpoint: string): EcsPlaces | null {
  const [, fips = '', region = '', suffix = ''] = OWN.exec(new URL(endpoint).hostname) ?? [];
  if (!AWS_SUFFIXES.includes(suffix) && !AWS_DUAL_STACK.includes(suffix)) return null;
  return { region, sts: stsOrigin(region, suffix, fips) };
}
