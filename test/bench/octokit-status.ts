import { readFileSync } from 'node:fs';
import { App } from '@octokit/app';
import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import Bottleneck from 'bottleneck';

/**
 * Posts statuses as a script with Octokit would, with the same two calls as the dispatcher's plugin. Uses bare Octokit, or
 * the retry and throttling plugins, with limits lifted as an operator of an Enterprise Server would lift them.
 */
export async function octokitStatus(
  { url, keyFile }: { readonly url: string; readonly keyFile: string },
  plugins = false,
): Promise<(commit: number) => Promise<void>> {
  const kind = plugins ? withPlugins(url) : Octokit.defaults({ baseUrl: url });
  const app = new App({ appId: 1, privateKey: readFileSync(keyFile, 'utf8'), Octokit: kind });
  const octokit = await app.getInstallationOctokit(1);
  await octokit.request('GET /rate_limit'); // mints the token before the measurement

  return async (commit) => {
    const sha = commit.toString(16).padStart(40, '0');
    const target = { owner: 'acme', repo: 'webshop' };
    await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/status', { ...target, ref: sha, per_page: 100 });
    await octokit.request('POST /repos/{owner}/{repo}/statuses/{sha}', {
      ...target,
      sha,
      state: 'success',
      context: 'bench',
    });
  };
}

function withPlugins(url: string): typeof Octokit {
  const unlimited = (): Bottleneck.Group => new Bottleneck.Group({ maxConcurrent: 1_000, minTime: 0 });
  // The plugin's types omit `global`.
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
