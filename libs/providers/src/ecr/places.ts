import { AWS_SUFFIXES, stsOrigin } from '../vendors/aws/domains';
import type { EcrConfig } from './config';

/** The addresses that belong to a registry; `api` and `sts` are origins. */
export interface EcrPlaces {
  readonly isPublic: boolean;
  /** The account that owns the registry; null if the endpoint does not name it. */
  readonly account: string | null;
  /** Null if neither the endpoint nor the config names it. */
  readonly region: string | null;
  readonly api: string;
  readonly sts: string;
}

/** Suffixes of dual-stack registry names, and the suffixes of the matching API names. */
const DUAL_STACK: ReadonlyMap<string, string> = new Map([
  ['on.aws', 'api.aws'],
  ['on.amazonwebservices.com.cn', 'api.amazonwebservices.com.cn'],
  ['on.amazonwebservices.eu', 'api.amazonwebservices.eu'],
]);
const PRIVATE = /^(\d{12})\.dkr[.-]ecr(-fips)?\.([a-z0-9-]+)\.(.+)$/;
const PUBLIC_HOST = 'public.ecr.aws';
/** The public registry's API and tokens always belong to this region. */
const PUBLIC_REGION = 'us-east-1';

/**
 * Derives the addresses from the endpoint. Addresses in the config take precedence.
 * https://docs.aws.amazon.com/general/latest/gr/ecr.html
 */
export function placesOf(endpoint: string, { region, apiEndpoint, stsEndpoint }: EcrConfig): EcrPlaces {
  const derived = ownPlaces(new URL(endpoint).hostname) ?? {
    ...{ isPublic: false, account: null, region: region ?? null },
    ...{ api: new URL(endpoint).origin, sts: new URL(apiEndpoint ?? endpoint).origin },
  };
  return { ...derived, ...(apiEndpoint ? { api: apiEndpoint } : {}), ...(stsEndpoint ? { sts: stsEndpoint } : {}) };
}

/** True if every called host has one of AWS's own names. */
export function isAwsOwn(endpoint: string, { apiEndpoint, stsEndpoint }: EcrConfig): boolean {
  return apiEndpoint === undefined && stsEndpoint === undefined && ownPlaces(new URL(endpoint).hostname) !== null;
}

/** The addresses behind one of AWS's own names; null for any other name. */
function ownPlaces(host: string): EcrPlaces | null {
  if (host === PUBLIC_HOST) {
    const domain = `${PUBLIC_REGION}.amazonaws.com`;
    const origins = { api: `https://api.ecr-public.${domain}`, sts: `https://sts.${domain}` };
    return { isPublic: true, account: null, region: PUBLIC_REGION, ...origins };
  }
  const [, account = '', fips = '', region = '', suffix = ''] = PRIVATE.exec(host) ?? [];
  const dualStack = DUAL_STACK.get(suffix);
  if (dualStack === undefined && !AWS_SUFFIXES.includes(suffix)) return null;
  const api = dualStack !== undefined || fips !== '' ? `ecr${fips}` : 'api.ecr';
  const domain = dualStack ?? suffix;
  const origins = { api: `https://${api}.${region}.${domain}`, sts: stsOrigin(region, domain, fips) };
  return { isPublic: false, account, region, ...origins };
}
