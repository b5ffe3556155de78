import type { ProbeVerdict } from '@integrations/contracts';

export type Scrub = (text: string) => string;

/**
 * The verdict without the secrets that `scrub` knows. A service may say anything, the credential that it was just shown as
 * the name of its account or as a scope, and a verdict is stored, put in snapshots and shown to whoever may read. Only what
 * is told in words is looked at: a secret that reads like a status must change none.
 */
export function scrubVerdict(verdict: ProbeVerdict, scrub: Scrub): ProbeVerdict {
  const { message, server, principal, permissions, warnings, stages } = verdict;
  const { granted = [], excess = [] } = permissions ?? {};
  const details = stages.map(({ detail }) => detail);
  const names = Object.values({ ...server, ...principal });
  const told = [message, ...names, ...granted, ...excess, ...warnings, ...details].join('\n');
  if (scrub(told) === told) return verdict; // as nearly always
  return {
    ...verdict,
    message: scrub(message),
    ...(server && { server: eachOf(server, scrub) }),
    ...(principal && { principal: eachOf(principal, scrub) }),
    ...(permissions && { permissions: { ...permissions, granted: granted.map(scrub), excess: excess.map(scrub) } }),
    warnings: warnings.map(scrub),
    stages: stages.map((stage) => (stage.detail === undefined ? stage : { ...stage, detail: scrub(stage.detail) })),
  };
}

function eachOf<T extends Readonly<Record<string, string | undefined>>>(texts: T, scrub: Scrub): T {
  const scrubbed = Object.entries(texts).map(([name, text]) => [name, text && scrub(text)]);
  return Object.fromEntries(scrubbed) as T;
}
