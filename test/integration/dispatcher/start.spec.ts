import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { entryOf } from '../../../scripts/stack/build.ts';
import { ended, startChild } from '../../../scripts/stack/child.ts';
import { createMigratedDatabase } from '../../support/migrated-database';
import { startTestNats } from '../../support/nats';

it('a process that receives SIGTERM during its start exits normally', async () => {
  const [database, nats] = await Promise.all([createMigratedDatabase(), startTestNats()]);
  const letIn = (client: Socket) => {
    const server = connect(Number(new URL(nats.url).port), '127.0.0.1');
    for (const socket of [client, server]) socket.on('error', () => undefined);
    client.pipe(server).pipe(client);
  };
  const door = createServer(letIn).listen(0, '127.0.0.1');
  await once(door, 'listening');
  const NATS_URL = `nats://127.0.0.1:${(door.address() as AddressInfo).port}`;
  const env = { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, DATABASE_URL: database.url, NATS_URL };
  const app = startChild(process.execPath, [entryOf(resolve('.'), 'annotation-dispatcher')], { env });

  await Promise.race([once(door, 'connection'), ended(app)]);
  app.kill('SIGTERM');
  await ended(app);
  door.close();
  await Promise.all([database.drop(), nats.stop()]);

  expect([app.exitCode, app.signalCode]).toEqual([0, null]);
});
