// The baseline: a bare Octokit script that makes the same two calls per status as the dispatcher's plugin does.
// Usage: node octokit.ts URL PRIVATE_KEY_FILE FIRST COUNT CONCURRENCY; prints a JSON line of figures.
import { readFileSync } from 'node:fs';
import { App } from '@octokit/app';
import { Octokit } from '@octokit/core';
import { inFlight } from './load.ts';

const [url = '', keyFile = '', first = '0', count = '0', concurrency = '1'] = process.argv.slice(2);
const app = new App({
  appId: 1,
  privateKey: readFileSync(keyFile, 'utf8'),
  Octokit: Octokit.defaults({ baseUrl: url }),
});
const octokit = await app.getInstallationOctokit(1);
await octokit.request('GET /rate_limit'); // mints the token before the clock runs

const cpu = process.cpuUsage();
const figures = await inFlight(Number(count), Number(concurrency), async (index) => {
  const sha = (Number(first) + index).toString(16).padStart(40, '0');
  const target = { owner: 'acme', repo: 'webshop' };
  await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/statuses', { ...target, ref: sha, per_page: 100 });
  await octokit.request('POST /repos/{owner}/{repo}/statuses/{sha}', {
    ...target,
    sha,
    state: 'success',
    context: 'bench',
  });
});
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ ...figures, cpuMsPerOperation: (user + system) / 1_000 / Number(count) }));
