import { createHash } from 'node:crypto';
import type { Recheck } from '../judging/judge';

const EDGE_MS = 10_000;
const SUSPENDED_MS = 24 * 3_600_000;

/** When an integration is probed next, in milliseconds since the epoch. */
export function nextDue(integrationId: string, recheck: Recheck, intervalSeconds: number, now: number): number {
  if (recheck === 'suspended') return now + SUSPENDED_MS;
  if (recheck === 'edge') return now + Math.min(EDGE_MS, intervalSeconds * 1_000);
  return onGrid(integrationId, intervalSeconds * 1_000, now);
}

/**
 * The next point after `now` of the integration's own grid. The grid's phase comes from the id, so the load is spread
 * evenly, and is so again at once after an outage, when everything is due together.
 */
export function onGrid(integrationId: string, intervalMs: number, now: number): number {
  const phase = createHash('sha256').update(integrationId).digest().readUInt32BE() % intervalMs;
  return Math.floor((now - phase) / intervalMs + 1) * intervalMs + phase;
}
