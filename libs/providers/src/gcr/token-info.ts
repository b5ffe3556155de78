import { hasCode, type ProviderDeps } from '@integrations/provider-kit';
import type { GcrIntegration } from './config';
import { callGoogle } from './google-call';
import { googleApis } from './places';

/** Google's answers for an access token that it cannot look up, which includes the tokens of workloads. */
const UNKNOWN = ['unauthenticated', 'invalid_request'] as const;

/** The holder of an access token: an e-mail address, or else a number. Null if Google does not say. */
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
