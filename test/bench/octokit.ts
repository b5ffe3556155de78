// The baselines: a script with Octokit, bare or with its retry and throttling plugins.
// Usage: node octokit.ts URL PRIVATE_KEY_FILE FIRST COUNT (CONCURRENCY | RATE/s) [plugins]; prints a JSON line of figures.
import { atRate, inFlight } from './load.ts';
import { octokitStatus } from './octokit-status.ts';

const [url = '', keyFile = '', first = '0', count = '0', load = '1', plugins] = process.argv.slice(2);
const status = await octokitStatus({ url, keyFile }, plugins === 'plugins');
const post = (index: number): Promise<void> => status(Number(first) + index);

const cpu = process.cpuUsage();
const figures = load.endsWith('/s')
  ? await atRate(Number(count), parseFloat(load), post)
  : await inFlight(Number(count), Number(load), post);
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ ...figures, cpuMsPerOperation: (user + system) / 1_000 / Number(count) }));
process.exit();
