// A complete health-worker: claim, probe, verdict, judging, write-back to a durable PostgreSQL. Targets are local. CPU time is
// the worker's own, compared with that of its baseline in the same run.
//   npm run build && node test/bench/health.ts MODE [COUNT]
//   checks         COUNT (20,000; with fewer, a cold baseline looks expensive) on kept connections, on fresh ones, and with
//                  fresh handshakes; compared with a bare undici Agent and prometheus-blackbox-exporter (Debian's package,
//                  on PATH)
//   firsts         the first checks of COUNT (20,000) new integrations, all due at once, and their next ones; then the same
//                  for as many integrations that each have a credential in the `local` store
//   registrations  COUNT (100,000) over HTTP every 60 s on one worker: steady, after five minutes of outage, and beside an
//                  open transaction; measures lag, memory, load
//   black-holes    how much COUNT (10,000) targets of one provider that never answer, on many hosts, slow down the others
//   sizes          the cost per second with 10,000 and with COUNT (1,000,000) registrations, of which the same number is due
import { loadavg } from 'node:os';
import { measureBlackHoles } from './health/black-holes.ts';
import { measureChecks } from './health/checks.ts';
import { measureFirsts } from './health/firsts.ts';
import { measureRegistrations } from './health/registrations.ts';
import { measureSizes } from './health/sizes.ts';
import { Stand } from './health/stand.ts';

const MODES: Record<string, (stand: Stand, count: number | undefined) => Promise<void>> = {
  checks: (stand, count = 20_000) => measureChecks(stand, count),
  firsts: (stand, count = 20_000) => measureFirsts(stand, count),
  registrations: (stand, count = 100_000) => measureRegistrations(stand, count),
  'black-holes': (stand, count = 10_000) => measureBlackHoles(stand, count),
  sizes: (stand, count = 1_000_000) => measureSizes(stand, count),
};

const [mode = '', count] = process.argv.slice(2);
const measure = MODES[mode];
if (!measure) throw new Error(`give a mode: ${Object.keys(MODES).join(', ')}`);
const stand = await Stand.start();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stand.stop().finally(() => process.exit(1)));
}
try {
  await measure(stand, count === undefined ? undefined : Number(count));
  const load = loadavg().map((value) => value.toFixed(1));
  console.log(`load ${load.join(' ')}`);
} finally {
  await stand.stop();
}
