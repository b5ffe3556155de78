import type { ProbeVerdict } from '@integrations/contracts';
import type { Judgement, Recheck } from '../judging/step';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

const EDGE_MS = 10 * SECOND;
const LONGEST_MS = 15 * MINUTE;
const STABLE_AFTER_MS = DAY;
const STABLE_MS = 5 * MINUTE;
/** How often a refused credential is checked for a change; nothing is sent to the vendor. */
const REFUSED_MS = 15 * MINUTE;
const QUOTA_SHARE = 0.02;
/** Vendors say when a quota resets but not how long its window is: we take the shortest usual one that fits. */
const QUOTA_WINDOWS_MS = [MINUTE, 60 * MINUTE, 6 * 60 * MINUTE, DAY];

/** What the time of the next probe depends on. */
export interface Outlook {
  readonly judgement: Pick<Judgement, 'status' | 'since' | 'failures' | 'settled'>;
  readonly recheck: Recheck;
  readonly verdict: Pick<ProbeVerdict, 'code' | 'quota' | 'retryAfterMs'>;
  /** The registered interval. */
  readonly intervalSeconds: number;
  readonly now: Date;
}

export interface NextProbe {
  readonly dueAt: Date;
  /** In force until the next probe. A result older than three of these intervals is stale. */
  readonly intervalSeconds: number;
}

/**
 * When an integration is probed next: soon if one more result may change the status, but never sooner than the vendor's
 * quota allows. `target` is the key of the probed target, whose first digits are as good as random.
 */
export function nextProbe(target: string, outlook: Outlook): NextProbe {
  const now = outlook.now.getTime();
  const base = outlook.intervalSeconds * SECOND;
  const floor = quotaInterval(outlook.verdict, now);
  if (outlook.recheck === 'edge') {
    return next(now, now + Math.max(Math.min(EDGE_MS, base), floor), base);
  }
  const interval = Math.max(regularInterval(outlook, base, now), floor);
  return next(now, onGrid(target, interval, limitedUntil(outlook.verdict, now)), interval);
}

/** When a refused credential is next checked for a change. */
export function nextLook(target: string, now: Date): NextProbe {
  return next(now.getTime(), onGrid(target, REFUSED_MS, now.getTime()), REFUSED_MS);
}

/**
 * The next point after `now` on the target's own grid. The phase of the grid comes from the key, so the load is spread
 * evenly, even right after an outage, when everything is due together. Grids of multiples share their points.
 */
export function onGrid(target: string, intervalMs: number, now: number): number {
  const phase = Number.parseInt(target.slice(0, 8), 16) % intervalMs;
  return Math.floor((now - phase) / intervalMs + 1) * intervalMs + phase;
}

function next(now: number, dueAt: number, intervalMs: number): NextProbe {
  return { dueAt: new Date(dueAt), intervalSeconds: Math.ceil(Math.max(intervalMs, dueAt - now) / SECOND) };
}

function regularInterval({ judgement, recheck }: Outlook, base: number, now: number): number {
  if (recheck === 'refused') return Math.max(base, REFUSED_MS);
  // Probes that fail cost more and are worth less: the interval doubles, and doubles again with each further failure.
  if (judgement.settled === 'unhealthy')
    return Math.max(base, Math.min(LONGEST_MS, base * backoff(judgement.failures)));
  const stable = judgement.status === 'healthy' && now - judgement.since.getTime() >= STABLE_AFTER_MS;
  return stable ? Math.max(base, STABLE_MS) : base;
}

/** 2 until the third failure, then 4, 8 and so on. */
function backoff(failures: number): number {
  return 2 ** Math.min(Math.max(1, failures - 2), 10);
}

/** Under a rate limit, the time when it ends, at most a day ahead; else `now`. */
function limitedUntil({ code, retryAfterMs = 0, quota }: Outlook['verdict'], now: number): number {
  if (code !== 'rate_limited') return now;
  const resetAt = quota?.resetAt === undefined ? Number.NaN : Date.parse(quota.resetAt);
  const until = Math.max(now + retryAfterMs, Number.isNaN(resetAt) ? now : resetAt);
  return Math.min(until, now + DAY);
}

/** Milliseconds between probes that use no more than 2 % of the vendor's quota; 0 if the quota is not known. */
function quotaInterval({ quota }: Outlook['verdict'], now: number): number {
  if (!quota?.limit || quota.resetAt === undefined) return 0;
  const left = Date.parse(quota.resetAt) - now;
  if (!(left > 0)) return 0;
  const window = QUOTA_WINDOWS_MS.find((usual) => left <= usual) ?? left;
  return Math.ceil(Math.min(window / (QUOTA_SHARE * quota.limit), DAY));
}
