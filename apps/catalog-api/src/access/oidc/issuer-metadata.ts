import { IssuerUnavailable } from './issuer-unavailable';
import { isSecureUrl } from './secure-url';

/** What an issuer says of itself. */
export interface IssuerMetadata {
  readonly issuer: string;
  readonly [field: string]: unknown;
}

/** Throws IssuerUnavailable, or what `fetch` throws. https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
export async function discover(issuer: string, fetching: typeof fetch, signal: AbortSignal): Promise<IssuerMetadata> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetching(url, { signal });
  if (!response.ok) throw new IssuerUnavailable(`discovery answers ${response.status}`);
  const metadata = (await response.json()) as IssuerMetadata | null;
  // Another issuer's keys would verify another issuer's tokens.
  if (metadata?.issuer !== issuer) throw new IssuerUnavailable('discovery names another issuer');
  return metadata;
}

/**
 * An address out of the metadata that is as secure as the issuer's own must be, with its query if it has one, as RFC 6749
 * (3.1, 3.2) allows. Throws IssuerUnavailable.
 */
export function endpointIn(metadata: IssuerMetadata, field: string): string {
  const found = metadata[field];
  if (typeof found !== 'string' || !isSecureUrl(found.replace(/\?[^#]*/, '')))
    throw new IssuerUnavailable(`discovery names no https ${field}`);
  return found;
}
