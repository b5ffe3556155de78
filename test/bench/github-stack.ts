import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { run } from '../../scripts/stack/child.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import type { LoadFigures } from './load.ts';
import { type BenchStack, startStack } from './stack.ts';

export interface Figures extends LoadFigures {
  readonly cpuMsPerOperation: number;
}

/** The durable stack with an integration of a fake GitHub without rate limits, like an Enterprise Server. */
export interface GitHubStack {
  readonly stack: BenchStack;
  readonly nats: NatsConnection;
  /** Posts a status onto commit `index` and waits until it has completed, or with `accepted` until it is durable. */
  post(index: number, context?: string, wait?: 'completed' | 'accepted'): Promise<void>;
  /** The same posts by a script with Octokit. `load` is the number in flight, or a rate `<n>/s`. */
  byOctokit(first: number, count: number, load: string, plugins?: 'plugins'): Promise<Figures>;
  /** Starts durable-octokit.ts, the minimum of a durable post, and returns a function that requests one post. */
  durableOctokit(): Promise<(index: number) => Promise<void>>;
  stop(): Promise<void>;
}

/** `commits` is the number of commits at the fake GitHub, which takes `latencyMs` for each call. */
export async function startGitHubStack(commits: number, latencyMs = 0): Promise<GitHubStack> {
  const directory = temporaryDirectory();
  const github = spawn(process.execPath, ['test/bench/fake-github.ts', String(commits), String(latencyMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { url, privateKey } = JSON.parse(await firstLine(github)) as { url: string; privateKey: string };
  const keyFile = join(directory, 'key.pem');
  writeFileSync(keyFile, privateKey);
  const dataDir = join(directory, 'data');
  mkdirSync(join(dataDir, 'secrets', 'default'), { recursive: true });
  writeFileSync(join(dataDir, 'secrets', 'default', 'key.pem'), privateKey);

  let durable: ChildProcess | undefined;
  const stack = await startStack(dataDir);
  const nats = await connect({ servers: stack.natsUrl });
  const integrationId = await register(stack, url);
  return {
    stack,
    nats,
    post: async (index, context = 'bench', wait = 'completed') => {
      const request = { integrationId, ...statusOn(index), context, wait };
      const reply = await nats.request('integrations.v1.rpc.scm.status', JSON.stringify(request), { timeout: 60_000 });
      const { success, errorMessage } = reply.json<{ success: boolean; errorMessage: string | null }>();
      if (!success) throw new Error(errorMessage ?? 'failed');
    },
    byOctokit: async (first, count, load, plugins) => {
      const args = ['test/bench/octokit.ts', url, keyFile, String(first), String(count), load];
      const { code, output } = await run(process.execPath, plugins ? [...args, plugins] : args);
      if (code !== 0) throw new Error(output);
      return JSON.parse(output) as Figures;
    },
    durableOctokit: async () => {
      const args = ['test/bench/durable-octokit.ts', stack.natsUrl, stack.databaseUrl, url, keyFile];
      durable = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      await firstLine(durable);
      return async (index) => {
        await nats.request('bench.durable', JSON.stringify(statusOn(index)), { timeout: 60_000 });
      };
    },
    stop: async () => {
      await nats.close();
      durable?.stdin?.end();
      await stack.stop();
      github.stdin.end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('no output');
  const [line] = (await once(createInterface({ input: stdout }), 'line')) as [string];
  return line;
}

function statusOn(index: number) {
  const commitSha = index.toString(16).padStart(40, '0');
  return { owner: 'acme', repository: 'webshop', commitSha, state: 'success' };
}

async function register(stack: BenchStack, endpoint: string): Promise<string> {
  const response = await fetch(`${stack.apiUrl}/integrations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'bench',
      type: 'scm',
      provider: 'github_app',
      endpoint,
      authRef: 'authref://file/key.pem',
      config: { appId: 1, installationId: 1 },
    }),
  });
  if (!response.ok) throw new Error(await response.text());
  return ((await response.json()) as { id: string }).id;
}
