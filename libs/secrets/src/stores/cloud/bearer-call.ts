import type { Egress, EgressResponse } from '@integrations/provider-kit';
import type { HeldCredential } from './held-credential';

/** GETs `url` with an access token, and once more with a new token after a 401. */
export function getWithBearer(
  egress: Egress,
  token: HeldCredential<string>,
  url: string,
  signal: AbortSignal,
): Promise<EgressResponse> {
  const ask = (bearer: string) =>
    egress.request({ method: 'GET', url, headers: { authorization: `Bearer ${bearer}` }, signal });
  return token.use(ask, ({ status }) => status === 401, signal);
}
