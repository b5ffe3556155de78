import type { ProbePrincipal, ProbeServer, ProbeVerdict } from '@integrations/contracts';
import { type Scrub, scrubAndCut } from './scrub-and-cut';

/** Longest name, version or scope in characters. */
const MAX_NAME = 300;

/**
 * The verdict without the secrets that `scrub` knows, and with overlong texts cut. A service may return the credential
 * that it was shown as an account name, a scope or a certificate issuer, and verdicts are stored, put in snapshots and
 * shown to users. Only free text is scrubbed: a secret that happens to equal a status must not change that status.
 */
export function scrubVerdict(verdict: ProbeVerdict, scrub: Scrub): ProbeVerdict {
  const { message, server, tls, principal, permissions, warnings, stages } = verdict;
  const { granted = [], excess = [] } = permissions ?? {};
  const details = stages.map(({ detail }) => detail);
  const names = Object.values({ ...server, issuer: tls?.issuer, ...principal });
  const texts = [message, ...names, ...granted, ...excess, ...warnings, ...details].join('\n');
  if (texts.length <= MAX_NAME && scrub(texts) === texts) return verdict; // as nearly always
  const text = scrubAndCut(scrub);
  const name = scrubAndCut(scrub, MAX_NAME);
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

function eachOf<T extends ProbeServer | ProbePrincipal>(texts: T, name: Scrub): T {
  const named = Object.entries(texts).map(([field, text]: [string, string | undefined]) => [field, text && name(text)]);
  return Object.fromEntries(named) as T;
}
