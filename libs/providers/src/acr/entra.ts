import { jsonObject, type ProviderDeps, ProviderError, registryError, unreadable } from '@integrations/provider-kit';
import { clientAssertion } from './client-assertion';
import type { AcrIntegration } from './config';
import { authorityOf } from './places';

/** The scope of container registries. A registry can be configured to refuse tokens for Azure's management API. */
const SCOPE = 'https://containerregistry.azure.net/.default';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const WHAT = 'the request for a token';

/** The cause of a refusal, with Entra's error number. */
export class EntraRefusal extends Error {
  constructor(readonly number: number | undefined) {
    super(number === undefined ? 'no number' : `AADSTS${number}`);
  }
}

/**
 * Requests an access token for the application. Throws `unauthenticated` if Entra ID refuses the credential.
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
  if (response.status === 400 || response.status === 401) throw refused(response.status, response.text());
  if (response.status !== 200) throw registryError(response, 'Entra ID', WHAT, clock.now());
  const token = jsonObject(response.text())?.['access_token'];
  if (typeof token === 'string' && token !== '') return token;
  throw unreadable('Entra ID', WHAT);
}

/** Reasons by Entra's error numbers. https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const REFUSALS: Readonly<Record<number, string>> = {
  7000215: 'the client secret is wrong; use the value of the secret, not its id',
  7000222: 'the client secret has expired',
  700024: 'the assertion or federated token has expired, or the clock here is wrong',
  700027:
    'the application does not know the key that signed the token: it has another certificate, or trusts another issuer',
  700211: "the application does not trust the token's issuer: its federated credential names another",
  700212: "the application does not trust the token's audience: its federated credential names another",
  700213: "the application does not trust the token's subject: its federated credential names another",
};
const MISNAMED: Readonly<Record<number, string>> = {
  700016: 'the tenant has no such application; check config.clientId',
  90002: 'there is no such tenant; check config.entraTenantId',
};

function refused(httpStatus: number, text: string): ProviderError {
  const numbers = jsonObject(text)?.['error_codes'];
  const number: unknown = Array.isArray(numbers) ? numbers[0] : undefined;
  const cause = new EntraRefusal(typeof number === 'number' ? number : undefined);
  const at = cause.number ?? 0;
  const why = MISNAMED[at] ?? REFUSALS[at] ?? 'it does not issue a token to the application';
  const message = `Entra ID answered ${httpStatus} to ${WHAT}: ${why}${at ? ` (AADSTS${at})` : ''}`;
  return new ProviderError(MISNAMED[at] ? 'invalid_request' : 'unauthenticated', message, { cause, httpStatus });
}
