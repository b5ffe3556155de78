import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { loadConfig } from '@integrations/config';
import { ConnectorConfig } from './connector-config';
import { ConnectorModule } from './connector.module';

/** Starts a process as an app starts, looks up a name, and returns how many threads the process has then. */
function threadsOf(env: NodeJS.ProcessEnv): number {
  const script = `
    const { setLookupThreads } = await import(${JSON.stringify(join(__dirname, 'lookup-threads.ts'))});
    setLookupThreads(process.env);
    const { lookup } = await import('node:dns/promises');
    await lookup('localhost');
    const { readdirSync } = await import('node:fs');
    process.stdout.write(String(readdirSync('/proc/self/task').length));`;
  const args = ['--no-warnings', '--input-type=module', '--eval', script];
  return Number(execFileSync(process.execPath, args, { env: { PATH: process.env['PATH'], ...env } }));
}

describe('DNS look-ups', () => {
  it('have many threads, since each hanging look-up occupies one', () => {
    expect(threadsOf({})).toBeGreaterThan(256);
  });

  it('have 256 threads in each app that calls connected services', () => {
    delete process.env['UV_THREADPOOL_SIZE'];
    const config = loadConfig(ConnectorConfig, {
      DATABASE_URL: 'postgres://localhost/x',
      NATS_URL: 'nats://localhost',
    });
    ConnectorModule.forRoot({ name: 'spec', config });
    expect(process.env['UV_THREADPOOL_SIZE']).toBe('256');
  });

  it('have as many threads as the operator sets', () => {
    expect(threadsOf({ UV_THREADPOOL_SIZE: '8' })).toBeLessThan(64);
  });
});
