import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../../support/temporary.ts';
import { cpuSeconds } from '../stack.ts';
import { startBlackbox } from './blackbox.ts';
import { startTargets, undiciLoop } from './children.ts';
import type { Stand } from './stand.ts';

const CONCURRENCY = 64;
const ROUNDS = 5;
/** V8 compiles code that runs once per batch of results only after some 100,000 checks. */
const WARM_ROUNDS = 5;

type Measure = () => Promise<number>;

/** The cost of a check on a kept connection, on a fresh one, and with a fresh handshake, compared with its baseline. */
export async function measureChecks(stand: Stand, count: number): Promise<void> {
  const { keyFile, certFile } = selfSigned();
  const blackbox = await startBlackbox(certFile);
  if (blackbox) stand.add(blackbox);
  else console.log('prometheus-blackbox-exporter is not on PATH: fresh connections have no baseline');
  const [reused, fresh, secure] = [
    stand.add(await startTargets('http', 'reused')),
    stand.add(await startTargets('http', 'fresh')),
    stand.add(await startTargets('https', 'fresh', keyFile, certFile)),
  ];
  const common = { provider: 'bench_http', intervalSeconds: 86_400 };
  const caBundle = readFileSync(certFile, 'utf8');
  for (const { url } of [reused, fresh]) await stand.register(count, { ...common, endpoint: url });
  await stand.register(count, { ...common, endpoint: secure.url, config: { caBundle } });

  const worker = await stand.startWorker();
  const ours = (url: string) => () => checkAll(stand, worker.url, url, count);
  const theirs = (url: string) => blackbox && (() => blackbox.probe(url, count, CONCURRENCY));
  const loop = () => undiciLoop(reused.url, count, CONCURRENCY);
  // A warm-up: only first results are published as events, and the baselines are warm before they are measured.
  for (const { url } of [reused, fresh, secure]) await ours(url)();
  await stand.waitUntilTold();
  for (let round = 0; round < WARM_ROUNDS; round++) await ours(reused.url)();
  await tell('HTTP, reused connections', 0.5, count, ours(reused.url), loop);
  await tell('HTTP, fresh connections', 1.5, count, ours(fresh.url), theirs(fresh.url));
  await tell('HTTPS, fresh handshakes', 1, count, ours(secure.url), theirs(secure.url));
}

async function tell(name: string, wanted: number, count: number, ours: Measure, theirs: Measure | null): Promise<void> {
  const { own, baseline } = await beside(ours, theirs);
  const each = (seconds: number) =>
    `${Math.round((seconds / count) * 1_000_000)} µs, ${Math.round(count / seconds)} a CPU second`;
  const compared =
    baseline === null ? '' : `; baseline ${each(baseline)}; ratio ${(baseline / own).toFixed(2)} (${wanted} wanted)`;
  console.log(`${name}: ${each(own)}${compared}`);
}

/** Alternates the two, so that both see the same conditions. Returns the medians of their CPU seconds. */
async function beside(ours: Measure, theirs: Measure | null) {
  const own: number[] = [];
  const baseline: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    own.push(await ours());
    if (theirs) baseline.push(await theirs());
  }
  return { own: median(own), baseline: theirs && median(baseline) };
}

/** CPU seconds of the worker for checking all targets below that address, from claim to commit. */
async function checkAll(stand: Stand, app: string, url: string, count: number): Promise<number> {
  const [results, before] = [await stand.results(), await cpuSeconds(app)];
  await stand.makeDue(new URL(url).host, count);
  await stand.waitFor(results + count);
  return (await cpuSeconds(app)) - before;
}

function selfSigned() {
  const directory = temporaryDirectory();
  const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '30'];
  const key = ['-newkey', 'rsa:2048', '-noenc', '-keyout', keyFile, '-out', certFile];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject], { stdio: 'pipe' });
  return { keyFile, certFile };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
