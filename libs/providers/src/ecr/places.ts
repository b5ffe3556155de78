import { AWS_SUFFIXES, stsOrigin } from '../vendors/aws/domains';
import type { EcrConfig } from './config';

/** Where a registry has its parts; `api` and `sts` are origins. */
export interface EcrPlaces {
  readonly isPublic: boolean;
  /** Whose registry it is, and in which region; null where its address does not tell. */
  readonly account: string | null;
  readonly region: string | null;
  readonly api: string;
  readonly sts: string;
}

/** How the names of registries end where they are of dual stack, and how those of APIs do then. */
const DUAL_STACK: ReadonlyMap<string, string> = new Map([
  ['on.aws', 'api.aws'],
  ['on.amazonwebservices.com.cn', 'api.amazonwebservices.com.cn'],
  ['on.amazonwebservices.eu', 'api.amazonwebservices.eu'],
]);
const PRIVATE = /^(\d{12})\.dkr[.-]ecr(-fips)?\.([a-z0-9-]+)\.(.+)$/;
const PUBLIC_HOST = 'public.ecr.aws';
/** Of the API and its tokens, wherever images are pulled from. */
const PUBLIC_REGION = 'us-east-1';

/**
 * What an endpoint tells of a registry; a place that is named in the config comes first.
 * https://docs.aws.amazon.com/general/latest/gr/ecr.html
 */
export function placesOf(endpoint: string, { region, apiEndpoint, stsEndpoint }: EcrConfig): EcrPlaces {
  const told = toldBy(new URL(endpoint).hostname) ?? {
    ...{ isPublic: false, account: null, region: region ?? null },
    ...{ api: new URL(endpoint).origin, sts: new URL(apiEndpoint ?? endpoint).origin },
  };
  return { ...told, ...(apiEndpoint ? { api: apiEndpoint } : {}), ...(stsEndpoint ? { sts: stsEndpoint } : {}) };
}

/** Whether all that is called has one of AWS's own names. */
export function isAwsOwn(endpoint: string, { apiEndpoint, stsEndpoint }: EcrConfig): boolean {
  return apiEndpoint === undefined && stsEndpoint === undefined && toldBy(new URL(endpoint).hostname) !== null;
}

function toldBy(host: string): EcrPlaces | null {
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
