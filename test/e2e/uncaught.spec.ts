import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { RPC } from '@integrations/contracts';
import { connect } from '@nats-io/transport-node';
import { entryOf } from '../../scripts/stack/build.ts';
import { run } from '../../scripts/stack/child.ts';
import { eventually } from '../support/eventually';
import { startApp } from '../support/app-process';
import { Platform } from './platform';

const NAME = 'integrations-spec-uncaught';
const SECRET = 'hunter2hunter2hunter2';
/** Throws outside the call, an error that carries the secret as a client would attach it. */
const PLUGIN = `
import { IsOptional } from 'class-validator';
class Config {}
IsOptional()(Config.prototype, 'nothing');
const probe = async (_, { credential }, signal) => {
  const secret = (await credential.resolve(signal)).reveal();
  const request = { headers: { authorization: secret } };
  setTimeout(() => { throw Object.assign(new Error('refused ' + secret), { request, cause: new Error(secret) }); });
  return new Promise(() => undefined);
};
export const createPlugin = () => ({
  ...{ contractVersion: 1, provider: 'uncaught', type: 'scm', displayName: 'Uncaught', capabilities: [] },
  ...{ requiredScopes: [], defaultEndpoint: null, credential: { required: true, description: 'A key.' }, config: Config },
  ...{ isAvailable: () => ({ available: true }), open: () => ({}), testConnection: probe, checkHealth: probe },
});`;

/** Throws as soon as the app handles uncaught exceptions, before it has a logger. */
const EARLY = `
const waiting = setInterval(() => {
  if (process.listenerCount('uncaughtException') === 0) return;
  clearInterval(waiting);
  throw Object.assign(new Error('refused'), { request: { headers: { authorization: '${SECRET}' } } });
});`;

/** Ends the process while the module is being loaded. */
const ENDING = 'process.exit(0);';

describe('an uncaught error', () => {
  const directory = resolve('dist/node_modules', NAME);
  let platform: Platform;

  beforeAll(async () => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, 'package.json'),
      JSON.stringify({ name: NAME, type: 'module', exports: { '.': './index.js', './ending': './ending.js' } }),
    );
    writeFileSync(join(directory, 'index.js'), PLUGIN);
    writeFileSync(join(directory, 'early.js'), EARLY);
    writeFileSync(join(directory, 'ending.js'), ENDING);
    platform = await Platform.start();
  });
  afterAll(async () => {
    await platform.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('ends the process with one log line, which contains no secret', async () => {
    const authRef = platform.storeSecret('token', SECRET);
    const app = await startApp('health-worker', { ...platform.env, PROVIDER_PLUGINS: NAME });
    const caller = await connect({ servers: platform.nats.url });
    const draft = {
      provider: 'uncaught',
      endpoint: 'https://vendor.example',
      authRef,
      config: {},
      requestedBy: 'spec',
    };
    const asking = caller.request(RPC.probeDraft, JSON.stringify(draft), { timeout: 30_000 }).catch(() => null);
    await eventually('the end of the process', () => app.log().includes('refused '));
    expect(await app.stop()).toBe(1);
    await caller.close();
    expect(await asking).toBeNull();

    const lines = app.log().trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object).at(-1)).toMatchObject({
      level: 'fatal',
      msg: 'process ended by an uncaught error',
      err: { message: 'refused [redacted]', cause: { message: '[redacted]' } },
    });
    expect(app.log()).not.toContain(SECRET);
  });

  it('is also logged before the app exists', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { code, output } = await run(
      process.execPath,
      ['--import', join(directory, 'early.js'), entryOf(resolve('.'), 'health-worker')],
      { env: { ...platform.env, DATABASE_URL: `postgres://app@127.0.0.1:${port}/app` } },
    );
    silent.close();
    expect(code).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      level: 'fatal',
      msg: 'process ended by an uncaught error',
      err: { message: 'refused' },
    });
    expect(output).not.toContain(SECRET);
  });

  it('is logged like a plugin that ends the process, which is named', async () => {
    const { code, output } = await run(process.execPath, [entryOf(resolve('.'), 'health-worker')], {
      env: { ...platform.env, PROVIDER_PLUGINS: `${NAME}/ending` },
    });
    expect(code).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      level: 'fatal',
      msg: 'process ended by a plugin or library',
      err: { stack: expect.stringContaining(`${NAME}/ending.js`) as unknown },
    });
  });
});
