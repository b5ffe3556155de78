import { type EgressResponse, jsonObject, ProviderError } from '@integrations/provider-kit';

const SECRET_EXPIRED = 7000222;
/** Reasons by Entra's error numbers. https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const REFUSALS: Readonly<Record<number, string>> = {
  7000215: 'the client secret is wrong; use the value of the secret, not its id',
  [SECRET_EXPIRED]: 'the client secret has expired',
  700024: 'the assertion or federated token has expired, or the clock here is wrong',
  700027:
    'the application does not know the key that signed the token: it has another certificate, or trusts another issuer',
  700211: "the application does not trust the token's issuer: its federated credential names another",
  700212: "the application does not trust the token's audience: its federated credential names another",
  700213: "the application does not trust the token's subject: its federated credential names another",
  7002138: "the application does not trust the token's subject: its federated credential has other capitals",
};
/** The token's issuer did not answer Entra ID. A 400, although the failure is temporary. */
const ISSUER_AWAY: readonly number[] = [50166, 90061];
const MISNAMED: Readonly<Record<number, string>> = {
  700016: 'the tenant has no such application; check config.clientId',
  90002: 'there is no such tenant; check config.entraTenantId',
};

/**
 * The meaning of Entra ID's refusal to issue a token: `invalid_request` if the configuration names nothing it knows, and
 * `provider_unavailable` if it could not check the proof.
 */
export function entraRefusal(response: EgressResponse, what: string): ProviderError {
  const { status: httpStatus } = response;
  const numbers = jsonObject(response.text())?.['error_codes'];
  const number: unknown = Array.isArray(numbers) ? numbers[0] : undefined;
  const at = typeof number === 'number' ? number : 0;
  if (ISSUER_AWAY.includes(at)) {
    const message = `Entra ID answered ${httpStatus} to ${what}: it cannot reach the token's issuer (AADSTS${at})`;
    return new ProviderError('provider_unavailable', message, { httpStatus });
  }
  const why = MISNAMED[at] ?? REFUSALS[at] ?? 'it does not issue a token to the application';
  const message = `Entra ID answered ${httpStatus} to ${what}: ${why}${at ? ` (AADSTS${at})` : ''}`;
  if (MISNAMED[at]) return new ProviderError('invalid_request', message, { httpStatus });
  const probeCode = at === SECRET_EXPIRED ? 'credential_expired' : undefined;
  return new ProviderError('unauthenticated', message, { httpStatus, probeCode });
}
