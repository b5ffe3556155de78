import { hasCode, type ProviderDeps } from '@integrations/provider-kit';
import type { GcrIntegration } from './config';
import { callGoogle } from './google-call';
import { googleApis } from './places';

/** What Google says of an access token when it does not know it, as it says of those of workloads. */
const UNKNOWN = ['unauthenticated', 'invalid_request'] as const;

/** Whose an access token is: an e-mail address or else a number. Null where Google does not tell. */
export async function holderOf(
  token: string,
  integration: GcrIntegration,
  deps: Pick<ProviderDeps, 'egress' | 'clock'>,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const url = `${googleApis(integration).oauth}/tokeninfo`;
    const { email, azp } = await callGoogle(deps, { method: 'POST', url, bearer: token }, signal);
    const id = [email, azp].find((one) => typeof one === 'string');
    return id || null;
  } catch (error) {
    if (hasCode(error, ...UNKNOWN)) return null;
    throw error;
  }
}
