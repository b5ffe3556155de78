import type { ProbeVerdict } from '@integrations/contracts';

/**
 * The pull quota of a registry, from `ratelimit-limit: 100;w=21600` and `ratelimit-remaining: 76;w=21600`, where `w` is
 * the window in seconds. Undefined if the registry does not report one, as for accounts without a limit.
 * https://docs.docker.com/docker-hub/usage/pulls/
 */
export function registryQuota(headers: Readonly<Record<string, string>>): ProbeVerdict['quota'] {
  const limit = amountOf(headers['ratelimit-limit']);
  const remaining = amountOf(headers['ratelimit-remaining']);
  if (limit === undefined || remaining === undefined) return undefined;
  return { limit, remaining };
}

function amountOf(header: string | undefined): number | undefined {
  const amount = /^\s*(\d{1,12})\s*(?:[;,]|$)/.exec(header ?? '')?.[1];
  return amount === undefined ? undefined : Number(amount);
}
