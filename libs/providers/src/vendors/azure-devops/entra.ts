import { type Egress, jsonObject, type MintedToken, refusalOf } from '@integrations/provider-kit';
import { entraRefusal } from '../entra/refusal';
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
  const { status } = response;
  if (status === 429 || status >= 500) throw refusalOf(response, 'Entra ID', WHAT, now());
  if (status !== 200) throw entraRefusal(response, WHAT);
  const { access_token: token, expires_in: seconds } = jsonObject(response.text()) ?? {};
  if (typeof token !== 'string' || token === '' || typeof seconds !== 'number') throw unreadable(WHAT);
  return { token, mintedAt, expiresAt: mintedAt + seconds * 1_000 };
}
