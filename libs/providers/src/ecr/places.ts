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

/** By the end of the names of registries, what that of the APIs is; only those of dual stack have one of their own. */
const SUFFIXES: Readonly<Record<string, { readonly api: string; readonly isDualStack: boolean }>> = {
  'amazonaws.com': { api: 'amazonaws.com', isDualStack: false },
  'amazonaws.com.cn': { api: 'amazonaws.com.cn', isDualStack: false },
  'amazonaws.eu': { api: 'amazonaws.eu', isDualStack: false },
  'c2s.ic.gov': { api: 'c2s.ic.gov', isDualStack: false },
  'sc2s.sgov.gov': { api: 'sc2s.sgov.gov', isDualStack: false },
  'cloud.adc-e.uk': { api: 'cloud.adc-e.uk', isDualStack: false },
  'csp.hci.ic.gov': { api: 'csp.hci.ic.gov', isDualStack: false },
  'on.aws': { api: 'api.aws', isDualStack: true },
  'on.amazonwebservices.com.cn': { api: 'api.amazonwebservices.com.cn', isDualStack: true },
  'on.amazonwebservices.eu': { api: 'api.amazonwebservices.eu', isDualStack: true },
};
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

function toldBy(host: string): EcrPlaces | null {
  if (host === PUBLIC_HOST) {
    const [api, sts] = ['api.ecr-public', 'sts'].map((name) => `https://${name}.${PUBLIC_REGION}.amazonaws.com`);
    return { isPublic: true, account: null, region: PUBLIC_REGION, api: api!, sts: sts! };
  }
  const [, account = '', fips = '', region = '', suffix = ''] = PRIVATE.exec(host) ?? [];
  const known = Object.hasOwn(SUFFIXES, suffix) ? SUFFIXES[suffix] : undefined;
  if (!known) return null;
  // https://docs.aws.amazon.com/STS/latest/APIReference/ has no names of its own for FIPS in GovCloud, where all is.
  const stsFips = region.startsWith('us-gov-') ? '' : fips;
  const api = known.isDualStack || fips !== '' ? `ecr${fips}` : 'api.ecr';
  return {
    ...{ isPublic: false, account, region },
    api: `https://${api}.${region}.${known.api}`,
    sts: `https://sts${stsFips}.${region}.${known.api}`,
  };
}
