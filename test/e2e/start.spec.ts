import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ended, startChild, until } from '../../scripts/stack/child.ts';
import { startNats } from '../../scripts/stack/nats.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import type { StackFile } from '../../scripts/stack/stack.ts';
import { temporaryDirectory } from '../support/temporary';

const START_TIMEOUT_MS = 90_000;
const WARNS = '--import=data:text/javascript,process.emitWarning(`deprecated`)';
const running = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of running) child.kill('SIGINT');
  await Promise.all([...running].map(ended));
  running.clear();
});

describe('npm start', () => {
  const dataDir = join(temporaryDirectory(), 'data');

  it('starts everything, runs the demo, and stops at Ctrl-C', async () => {
    // The warning must not become part of the admin token, which the CLI prints.
    const stack = startWith({ NODE_OPTIONS: WARNS }, '--port', '0', '--data-dir', dataDir);
    await stack.eventually('the demo to end', () => stack.output().includes('Where to look next'));
    expect(stack.output()).toMatch(/admin token \(shown once, kept in .+\): ist_\S+/);
    expect(stack.output()).toMatch(/demo: integration "Demo" \(\S+\) is healthy/);
    for (const operation of ['status', 'check_run', 'comment']) {
      expect(stack.output()).toMatch(new RegExp(`demo: ${operation} +→ created memory://acme/webshop\\S+`));
    }
    expect(await stack.interrupt()).toBe(0);
    expect(existsSync(join(dataDir, 'stack.json'))).toBe(false);
  });

  it('starts again with its data, and describes itself to scripts', async () => {
    const stack = start('--no-demo', '--port', '0', '--data-dir', dataDir);
    const file = join(dataDir, 'stack.json');
    await stack.eventually('stack.json', () => existsSync(file));
    expect(stack.output()).not.toContain('admin token');

    const described = JSON.parse(readFileSync(file, 'utf8')) as StackFile;
    expect(statSync(described.tokenFile).mode & 0o777).toBe(0o600);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const headers = { authorization: `Bearer ${readFileSync(described.tokenFile, 'utf8')}` };
    const catalog = (await (await fetch(`${described.apiUrl}/integrations`, { headers })).json()) as {
      items: object[];
    };
    expect(catalog.items).toMatchObject([{ name: 'Demo', provider: 'in_memory' }]);

    const second = start('--no-demo', '--port', '0', '--data-dir', dataDir);
    expect(await second.end()).toBe(1);
    expect(second.output()).toContain(`already running (pid ${described.pids.start})`);

    process.kill(described.pids['health-worker'] ?? 0, 'SIGKILL');
    expect(await stack.end()).toBe(1);
    expect(stack.output()).toContain('health-worker ended by itself (SIGKILL)');
  });

  it('says which port is in use', async () => {
    const port = await freePorts(5);
    const squatter = createServer().listen(port + 1, '127.0.0.1');
    const stack = start('--no-demo', '--port', String(port), '--data-dir', join(temporaryDirectory(), 'data'));
    expect(await stack.end()).toBe(1);
    expect(stack.output()).toContain(`port ${port + 1} for health-worker is in use`);
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('reserves no port for a server that runs elsewhere, so that another process may listen there', async () => {
    const port = await freePorts(5);
    const nats = await startNats({ dataDir: join(temporaryDirectory(), 'nats'), port: port + 4 });
    const own = ['--no-demo', '--port', String(port), '--data-dir', join(temporaryDirectory(), 'data')];
    const stack = startWith({ NATS_URL: nats.url }, ...own);
    await stack.eventually('the start', () => stack.output().includes('ready: '));
    // Longer than the start waits for a port in use to become free.
    await setTimeout(4_000);
    expect(await stack.interrupt()).toBe(0);
    await nats.stop();
  });

  it('refuses an invalid port', async () => {
    const stack = start('--port', 'http');
    expect(await stack.end()).toBe(1);
    expect(stack.output()).toContain('--port must be a number');
  });
});

function start(...args: string[]) {
  return startWith({}, ...args);
}

function startWith(servers: NodeJS.ProcessEnv, ...args: string[]) {
  const { DATABASE_URL: _, NATS_URL: __, NODE_OPTIONS: ___, ...env } = process.env;
  const child = startChild(process.execPath, ['scripts/start.ts', ...args], { env: { ...env, ...servers } });
  running.add(child);
  let output = '';
  const keep = (chunk: Buffer): void => void (output += chunk.toString());
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const end = async (): Promise<number | null> => {
    await ended(child);
    running.delete(child);
    return child.exitCode;
  };
  return {
    output: () => output,
    end,
    /** Fails with all the output, at once if the process ends. */
    eventually: (what: string, happened: () => boolean) =>
      until(
        async () => {
          if (!happened()) throw new Error(`waited in vain for ${what}:\n${output}`);
        },
        {
          timeoutMs: START_TIMEOUT_MS,
          reasonToStop: () => (child.exitCode === null ? null : `npm start ended before ${what}:\n${output}`),
        },
      ),
    interrupt: () => {
      child.kill('SIGINT');
      return end();
    },
  };
}
