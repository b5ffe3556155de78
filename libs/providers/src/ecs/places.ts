import { AWS_DUAL_STACK, AWS_SUFFIXES, stsOrigin } from '../vendors/aws/domains';
import type { EcsConfig } from './config';

/** The region of ECS, and the origin of STS. */
export interface EcsPlaces {
  /** Null if neither the endpoint nor the config names it. */
  readonly region: string | null;
  readonly sts: string;
}

/** https://docs.aws.amazon.com/general/latest/gr/ecs-service.html */
const OWN = /^ecs(-fips)?\.([a-z0-9-]+)\.(.+)$/;

/** Derives the places from the endpoint. Fields of the config take precedence. */
export function placesOf(endpoint: string, { region, stsEndpoint }: EcsConfig): EcsPlaces {
  const derived = ownPlaces(endpoint) ?? { region: null, sts: new URL(endpoint).origin };
  return { region: region ?? derived.region, sts: stsEndpoint ?? derived.sts };
}

/** True if every called host has one of AWS's own names. */
export function isAwsOwn(endpoint: string, { stsEndpoint }: EcsConfig): boolean {
  return stsEndpoint === undefined && ownPlaces(endpoint) !== null;
}

/** The places behind one of AWS's own names; null for any other name. */
function ownPlaces(endpoint: string): EcsPlaces | null {
  const [, fips = '', region = '', suffix = ''] = OWN.exec(new URL(endpoint).hostname) ?? [];
  if (!AWS_SUFFIXES.includes(suffix) && !AWS_DUAL_STACK.includes(suffix)) return null;
  return { region, sts: stsOrigin(region, suffix, fips) };
}
