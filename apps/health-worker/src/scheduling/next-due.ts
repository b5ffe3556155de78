import type { ProbeVerdict } from '@integrations/contracts';
import type { Judgement, Recheck } from '../judging/step';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

const EDGE_MS = 10 * SECOND;
const LONGEST_MS = 15 * MINUTE;
const STABLE_AFTER_MS = DAY;
const STABLE_MS = 5 * MINUTE;
/** Looks whether a refused credential has changed; nothing is sent to the vendor. */
const REFUSED_MS = 15 * MINUTE;
const QUOTA_SHARE = 0.02;
/** Vendors tell when a quota starts anew, not how long it runs: one of the usual times that is no shorter. */
const QUOTA_WINDOWS_MS = [MINUTE, 60 * MINUTE, 6 * 60 * MINUTE, DAY];

/** What the time of the next probe depends on. */
export interface Outlook {
  readonly judgement: Pick<Judgement, 'status' | 'since' | 'failures' | 'settled'>;
  readonly recheck: Recheck;
  readonly verdict: Pick<ProbeVerdict, 'code' | 'quota' | 'retryAfterMs'>;
  /** As registered. */
  readonly intervalSeconds: number;
  readonly now: Date;
}

export interface NextProbe {
  readonly dueAt: Date;
  /** In force until the next probe; what is older than three of it is stale. */
  readonly intervalSeconds: number;
}

/**
 * When an integration is probed next. `target` is the key of what is probed, whose first digits are as good as random.
 * Soon where one more result may turn the status, but never sooner than the vendor's quota allows.
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

/** When a credential that was refused is looked at again. */
export function nextLook(target: string, now: Date): NextProbe {
  return next(now.getTime(), onGrid(target, REFUSED_MS, now.getTime()), REFUSED_MS);
}

/**
 * The next point after `now` of the target's own grid. The grid's phase comes from the key, so the load is spread evenly,
 * and is so again at once after an outage, when everything is due together. The grids of multiples share their points.
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
  // What fails costs more than what works, and is worth less: twice the interval, doubled by every failure more.
  if (judgement.settled === 'unhealthy')
    return Math.max(base, Math.min(LONGEST_MS, base * backoff(judgement.failures)));
  const stable = judgement.status === 'healthy' && now - judgement.since.getTime() >= STABLE_AFTER_MS;
  return stable ? Math.max(base, STABLE_MS) : base;
}

/** 2 until the third failure, then 4, 8 and so on. */
function backoff(failures: number): number {
  return 2 ** Math.min(Math.max(1, failures - 2), 10);
}

/** Under a rate limit, the moment before it ends, at most a day ahead; else now. */
function limitedUntil({ code, retryAfterMs = 0, quota }: Outlook['verdict'], now: number): number {
  if (code !== 'rate_limited') return now;
  const resetAt = quota?.resetAt === undefined ? Number.NaN : Date.parse(quota.resetAt);
  const until = Math.max(now + retryAfterMs, Number.isNaN(resetAt) ? now : resetAt);
  return Math.min(until, now + DAY);
}

/** Milliseconds between probes that use no more than 2 % of what the vendor grants; 0 if that is not known. */
function quotaInterval({ quota }: Outlook['verdict'], now: number): number {
  if (!quota?.limit || quota.resetAt === undefined) return 0;
  const left = Date.parse(quota.resetAt) - now;
  if (!(left > 0)) return 0;
  const window = QUOTA_WINDOWS_MS.find((usual) => left <= usual) ?? left;
  return Math.ceil(Math.min(window / (QUOTA_SHARE * quota.limit), DAY));
}
