// The baselines: a script with Octokit that makes the same two calls per status as the dispatcher's plugin does; bare, or
// with its retry and throttling plugins, whose limits are lifted as an operator of an Enterprise Server would lift them.
// Usage: node octokit.ts URL PRIVATE_KEY_FILE FIRST COUNT (CONCURRENCY | RATE/s) [plugins]; prints a JSON line of figures.
import { readFileSync } from 'node:fs';
import { App } from '@octokit/app';
import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import Bottleneck from 'bottleneck';
import { atRate, inFlight } from './load.ts';

const [url = '', keyFile = '', first = '0', count = '0', load = '1', plugins] = process.argv.slice(2);
const app = new App({ appId: 1, privateKey: readFileSync(keyFile, 'utf8'), Octokit: withPlugins() });
const octokit = await app.getInstallationOctokit(1);
await octokit.request('GET /rate_limit'); // mints the token before the clock runs

const post = async (index: number): Promise<void> => {
  const sha = (Number(first) + index).toString(16).padStart(40, '0');
  const target = { owner: 'acme', repo: 'webshop' };
  await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/status', { ...target, ref: sha, per_page: 100 });
  await octokit.request('POST /repos/{owner}/{repo}/statuses/{sha}', {
    ...target,
    sha,
    state: 'success',
    context: 'bench',
  });
};
const cpu = process.cpuUsage();
const figures = load.endsWith('/s')
  ? await atRate(Number(count), parseFloat(load), post)
  : await inFlight(Number(count), Number(load), post);
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ ...figures, cpuMsPerOperation: (user + system) / 1_000 / Number(count) }));
process.exit();

function withPlugins(): typeof Octokit {
  if (plugins !== 'plugins') return Octokit.defaults({ baseUrl: url });
  const unlimited = (): Bottleneck.Group => new Bottleneck.Group({ maxConcurrent: 1_000, minTime: 0 });
  // The plugin's types leave `global` out.
  const groups = { global: unlimited(), write: unlimited(), notifications: unlimited() };
  return Octokit.plugin(retry, throttling).defaults({
    baseUrl: url,
    throttle: {
      ...groups,
      onRateLimit: () => true,
      onSecondaryRateLimit: () => true,
    },
  }) as unknown as typeof Octokit;
}
