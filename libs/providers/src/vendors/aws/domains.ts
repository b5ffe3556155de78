/** DNS suffixes of AWS's APIs, by partition. https://docs.aws.amazon.com/general/latest/gr/rande.html */
export const AWS_SUFFIXES: readonly string[] = [
  ...['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu'],
  ...['c2s.ic.gov', 'sc2s.sgov.gov', 'cloud.adc-e.uk', 'csp.hci.ic.gov'],
];

/** DNS suffixes of the dual-stack endpoints. */
export const AWS_DUAL_STACK: readonly string[] = [
  'api.aws',
  'api.amazonwebservices.com.cn',
  'api.amazonwebservices.eu',
];

/** The origin of STS in a region. `fips` is empty or `-fips`; in GovCloud all of STS is FIPS, without the suffix. */
export function stsOrigin(region: string, suffix: string, fips: string): string {
  return `https://sts${region.startsWith('us-gov-') ? '' : fips}.${region}.${suffix}`;
}
