import { jsonObject, type ProviderDeps, registryError, unreadable } from '@integrations/provider-kit';
import { entraRefusal } from '../vendors/entra/refusal';
import { clientAssertion } from './client-assertion';
import type { AcrIntegration } from './config';
import { authorityOf } from './places';

/** The scope of container registries. A registry can be configured to refuse tokens for Azure's management API. */
const SCOPE = 'https://containerregistry.azure.net/.default';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const WHAT = 'the request for a token';

/**
 * Requests an access token for the application. Throws ProviderError.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export async function entraToken(
  integration: AcrIntegration,
  { egress, clock }: Pick<ProviderDeps, 'egress' | 'clock'>,
  secret: string,
  signal: AbortSignal,
): Promise<string> {
  const { secretKind, entraTenantId = '', clientId = '' } = integration.config;
  const url = `${authorityOf(integration)}/${entraTenantId}/oauth2/v2.0/token`;
  const assertion = secretKind === 'client_certificate' ? clientAssertion(secret, clientId, url, clock.now()) : secret;
  const proof: Record<string, string> =
    secretKind === 'client_secret'
      ? { client_secret: secret }
      : { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
  const response = await egress.request({
    method: 'POST',
    url,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_id: clientId, scope: SCOPE, ...proof },
    }).toString(),
    signal,
  });
  if (response.status === 400 || response.status === 401) throw entraRefusal(response, WHAT);
  if (response.status !== 200) throw registryError(response, 'Entra ID', WHAT, clock.now());
  const token = jsonObject(response.text())?.['access_token'];
  if (typeof token === 'string' && token !== '') return token;
  throw unreadable('Entra ID', WHAT);
}
