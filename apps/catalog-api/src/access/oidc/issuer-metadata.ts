import { IssuerUnavailable } from './issuer-unavailable';
import { isSecureUrl } from './secure-url';

const LONGEST_NAMED = 200;

/** The discovery document of an issuer. */
export interface IssuerMetadata {
  readonly issuer: string;
  readonly [field: string]: unknown;
}

/**
 * Throws IssuerUnavailable, or what `fetch` throws.
 * https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
 */
export async function discover(issuer: string, fetching: typeof fetch, signal: AbortSignal): Promise<IssuerMetadata> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetching(url, { signal });
  if (!response.ok) throw new IssuerUnavailable(`discovery answered ${response.status}`);
  const metadata = (await response.json()) as IssuerMetadata | null;
  // With another issuer's keys we would accept another issuer's tokens.
  if (metadata?.issuer !== issuer) throw otherIssuer(metadata?.issuer);
  return metadata;
}

/**
 * A URL from the metadata. It must be https or loopback, as the issuer's own URL, but may have a query (RFC 6749, 3.1
 * and 3.2). Throws IssuerUnavailable otherwise.
 */
export function endpointIn(metadata: IssuerMetadata, field: string): string {
  const found = metadata[field];
  if (typeof found !== 'string' || !isSecureUrl(found.replace(/\?[^#]*/, '')))
    throw new IssuerUnavailable(`the discovery document names no https ${field}`);
  return found;
}

/** Names the other issuer, because the two often differ only by a slash at the end. */
function otherIssuer(found: unknown): IssuerUnavailable {
  const named = JSON.stringify(found)?.slice(0, LONGEST_NAMED);
  return new IssuerUnavailable(`the discovery document names another issuer than OIDC_ISSUER: ${named}`);
}
