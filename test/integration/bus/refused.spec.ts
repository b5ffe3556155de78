import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlainJsonNatsServer } from '@integrations/bus';
import { connect } from '@nats-io/transport-node';
import { Controller, type INestMicroservice, Logger } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { type RunningNats, startNats } from '../../../scripts/stack/nats.ts';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { eventually } from '../../support/eventually';
import { temporaryDirectory } from '../../support/temporary';

@Controller()
class TestController {
  @MessagePattern('test.rpc.one')
  one() {
    return 'one';
  }

  @MessagePattern('test.rpc.other')
  other() {
    return 'other';
  }
}

/** A server configuration in which the user `app` may serve these subjects. */
const mayServe = (...subjects: readonly string[]) => `accounts: { A: { jetstream: enabled, users: [
  { user: scanner, password: p }
  { user: app, password: p, permissions: { subscribe: ${JSON.stringify(['_INBOX.>', '$SRV.>', ...subjects])} } }
] } }`;

describe('an app that NATS does not let subscribe to a subject that it serves', () => {
  let dataDir: string;
  let nats: RunningNats;
  let app: INestMicroservice;

  const start = async (config: string) => {
    dataDir = temporaryDirectory();
    nats = await startNats({ dataDir, port: await freePorts(1), config });
    const module = await Test.createTestingModule({ controllers: [TestController] }).compile();
    const { port } = nats;
    const options = { name: 'app', queue: 'q', defaultTenant: 'default', version: '1.0.0' };
    const strategy = new PlainJsonNatsServer({ servers: `nats://app:p@127.0.0.1:${port}`, ...options });
    app = module.createNestMicroservice({ strategy, logger: false });
    return app.listen();
  };

  beforeAll(() => Logger.overrideLogger(false));
  afterEach(async () => {
    await app.close();
    await nats.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('does not start, and names the subject', async () => {
    await expect(start(mayServe('test.rpc.one'))).rejects.toThrow(
      'NATS does not let this user subscribe to test.rpc.other',
    );
  });

  it('serves the subject again without a restart once its user may', async () => {
    await start(mayServe('test.rpc.>'));
    const scanner = await connect({ servers: nats.url, user: 'scanner', pass: 'p' });
    const isServed = () => scanner.request('test.rpc.one', '{}', { timeout: 1_000 }).then(Boolean, () => false);
    const configFile = join(dataDir, 'nats.conf');
    const reload = (from: string, to: string) => {
      writeFileSync(configFile, readFileSync(configFile, 'utf8').replace(from, to));
      process.kill(nats.pid, 'SIGHUP');
    };
    expect(await isServed()).toBe(true);
    reload('test.rpc.>', 'test.rpc.other');
    await eventually('it to be refused', async () => !(await isServed()));
    reload('test.rpc.other', 'test.rpc.>');
    await eventually('it to be served', isServed).finally(() => scanner.close());
  });
});
