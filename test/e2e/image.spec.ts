import { cpSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RPC } from '@integrations/contracts';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { freePorts } from '../../scripts/stack/ports.ts';
import { type AppProcess, startApp } from '../support/app-process';
import { temporaryDirectory } from '../support/temporary';
import { Platform } from './platform';

const COPIED = /^COPY --from=build \/src\/dist\/apps\/\$\{APP\} (\S+)$/m;

describe('an app in the place where docker/Dockerfile copies it', () => {
  const image = temporaryDirectory();
  let platform: Platform;
  let worker: AppProcess;
  let caller: NatsConnection;

  beforeAll(async () => {
    const [, directory] = COPIED.exec(readFileSync('docker/Dockerfile', 'utf8'))!;
    cpSync('dist/apps/health-worker', join(image, directory!), { recursive: true });
    symlinkSync(resolve('node_modules'), join(image, 'node_modules'));
    platform = await Platform.start();
    worker = await startApp('health-worker', platform.env, [], join(image, directory!, 'main.js'));
    caller = await connect({ servers: platform.nats.url });
  });
  afterAll(async () => {
    await caller.close();
    await worker.stop();
    await platform.stop();
    rmSync(image, { recursive: true, force: true });
  });

  it("finds a vendor's client library, which it loads on demand", async () => {
    const authRef = platform.storeSecret('gitlab', 'glpat-1');
    // Nobody listens there, which only the client can find out.
    const endpoint = `http://127.0.0.1:${await freePorts(1)}`;
    const draft = { provider: 'gitlab', endpoint, authRef, config: {}, requestedBy: 'spec' };
    const reply = await caller.request(RPC.probeDraft, JSON.stringify(draft), { timeout: 30_000 });
    expect(reply.json()).toMatchObject({ result: { code: 'tcp_refused' } });
  });
});
