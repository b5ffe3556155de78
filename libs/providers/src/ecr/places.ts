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

/** How the names of registries and of APIs end, by partition; and those of dual stack, where the two differ. */
const SUFFIXES = [
  ...['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu'],
  ...['c2s.ic.gov', 'sc2s.sgov.gov', 'cloud.adc-e.uk', 'csp.hci.ic.gov'],
];
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
  if (dualStack === undefined && !SUFFIXES.includes(suffix)) return null;
  // In GovCloud all of STS is FIPS, and has no further name. https://docs.aws.amazon.com/general/latest/gr/sts.html
  const stsFips = region.startsWith('us-gov-') ? '' : fips;
  const api = dualStack !== undefined || fips !== '' ? `ecr${fips}` : 'api.ecr';
  const domain = `${region}.${dualStack ?? suffix}`;
  const origins = { api: `https://${api}.${domain}`, sts: `https://sts${stsFips}.${domain}` };
  return { isPublic: false, account, region, ...origins };
}
