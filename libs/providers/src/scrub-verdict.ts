import type { ProbeVerdict } from '@integrations/contracts';

export type Scrub = (text: string) => string;

/**
 * The verdict without the secrets that `scrub` knows. A service may say anything, the credential that it was just shown as
 * the name of its account, and a verdict is stored, put in snapshots and shown to whoever may read. Only what is
 * told in words is looked at: a secret that reads like a status must change none.
 */
export function scrubVerdict(verdict: ProbeVerdict, scrub: Scrub): ProbeVerdict {
  const { message, server, principal, warnings, stages } = verdict;
  const told = [message, server?.version, principal?.id, ...warnings, ...stages.map(({ detail }) => detail)].join('\n');
  if (scrub(told) === told) return verdict; // as nearly always
  return {
    ...verdict,
    message: scrub(message),
    ...(server?.version === undefined ? {} : { server: { ...server, version: scrub(server.version) } }),
    ...(principal ? { principal: { ...principal, id: scrub(principal.id) } } : {}),
    warnings: warnings.map(scrub),
    stages: stages.map((stage) => (stage.detail === undefined ? stage : { ...stage, detail: scrub(stage.detail) })),
  };
}
