import {
  beginningOf,
  type Egress,
  type EgressResponse,
  jsonObject,
  type MintedToken,
  ProviderError,
  rateLimitOf,
} from '@integrations/provider-kit';
import { unreadable } from './errors';

/** Microsoft Entra ID, which issues the tokens of service principals. */
export const AUTHORITY = 'https://login.microsoftonline.com';
/** The scope of Azure DevOps, whose application id is the same in every tenant. */
const SCOPE = '499b84ac-1321-427f-aa17-267ca6975798/.default';
const WHAT = 'the request for a token';

export interface ServicePrincipal {
  readonly tenantId: string;
  readonly clientId: string;
}

/** The cache key of a service principal's token; `secret` must be a hash. */
export function tokenKey({ tenantId, clientId }: ServicePrincipal, secret: string): readonly string[] {
  return [AUTHORITY, 'azure_devops', tenantId, clientId, SCOPE, secret];
}

// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
export async function mintToken(
  egress: Egress,
  { tenantId, clientId }: ServicePrincipal,
  clientSecret: string,
  now: () => number,
  signal: AbortSignal,
): Promise<MintedToken> {
  const mintedAt = now();
  const response = await egress.request({
    method: 'POST',
    url: `${AUTHORITY}/${tenantId}/oauth2/v2.0/token`,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: SCOPE,
    }).toString(),
    signal,
  });
  if (response.status !== 200) throw refused(response, now());
  const { access_token: token, expires_in: seconds } = jsonObject(response.text()) ?? {};
  if (typeof token !== 'string' || token === '' || typeof seconds !== 'number') throw unreadable(WHAT);
  return { token, mintedAt, expiresAt: mintedAt + seconds * 1_000 };
}

/**
 * Reasons by the number of Entra ID's error. https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const REFUSALS: Readonly<Record<string, string>> = {
  '7000215': 'the client secret is wrong; use the value of the secret, not its id',
  '7000222': 'the client secret has expired',
  '700016': 'the tenant has no such application',
  '90002': 'there is no such tenant',
};

function refused(response: EgressResponse, now: number): ProviderError {
  const { status: httpStatus } = response;
  const base = `Entra ID answered ${httpStatus} to ${WHAT}`;
  if (httpStatus === 429) return rateLimitOf(response, 'Entra ID', WHAT, now);
  if (httpStatus >= 500) return new ProviderError('provider_unavailable', base, { httpStatus });
  const number = /AADSTS(\d{4,8})/.exec(beginningOf(response))?.[1] ?? '';
  const why = REFUSALS[number] ?? 'it does not issue a token to the application';
  return new ProviderError('unauthenticated', `${base}: ${why}${number ? ` (AADSTS${number})` : ''}`, { httpStatus });
}
