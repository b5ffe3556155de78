import type { ProbeVerdict } from '@integrations/contracts';
import { type Scrub, toldBy } from './told';

/** Characters of a name, a version or a scope. */
const MAX_NAME = 300;

/**
 * The verdict without the secrets that `scrub` knows, and with no text of others that is too long. A service may say anything,
 * the credential that it was just shown as the name of its account, as a scope or as who issued its certificate, and a verdict
 * is stored, put in snapshots and shown to whoever may read. Only what is told in words is looked at: a secret that reads like
 * a status must change none.
 */
export function scrubVerdict(verdict: ProbeVerdict, scrub: Scrub): ProbeVerdict {
  const { message, server, tls, principal, permissions, warnings, stages } = verdict;
  const { granted = [], excess = [] } = permissions ?? {};
  const details = stages.map(({ detail }) => detail);
  const names = Object.values({ ...server, issuer: tls?.issuer, ...principal });
  const told = [message, ...names, ...granted, ...excess, ...warnings, ...details].join('\n');
  if (told.length <= MAX_NAME && scrub(told) === told) return verdict; // as nearly always
  const text = toldBy(scrub);
  const name = toldBy(scrub, MAX_NAME);
  return {
    ...verdict,
    message: text(message),
    ...(server && { server: eachOf(server, name) }),
    ...(tls && { tls: { ...tls, issuer: name(tls.issuer) } }),
    ...(principal && { principal: eachOf(principal, name) }),
    ...(permissions && { permissions: { ...permissions, granted: granted.map(name), excess: excess.map(name) } }),
    warnings: warnings.map(text),
    stages: stages.map((stage) => (stage.detail === undefined ? stage : { ...stage, detail: text(stage.detail) })),
  };
}

function eachOf<T extends Readonly<Record<string, string | undefined>>>(texts: T, name: Scrub): T {
  const told = Object.entries(texts).map(([field, text]) => [field, text && name(text)]);
  return Object.fromEntries(told) as T;
}
