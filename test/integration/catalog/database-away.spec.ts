import type { AddressInfo } from 'node:net';
import { createService } from '@integrations/bootstrap';
import type { OperationResult } from '@integrations/contracts';
import { Database, DatabaseError } from '@integrations/database';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DigestSigner } from '../../../apps/catalog-api/src/audit/digest-signer';
import { CatalogConfig } from '../../../apps/catalog-api/src/config';
import { catalogService } from '../../../apps/catalog-api/src/service';
import { Door } from '../../support/door';
import { eventually } from '../../support/eventually';
import { createMigratedDatabase } from '../../support/migrated-database';
import { startTestNats } from '../../support/nats';

describe('the catalog without its database', () => {
  let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
  let server: Awaited<ReturnType<typeof startTestNats>>;
  let door: Door;
  let app: NestFastifyApplication;
  let nats: NatsConnection;
  let started: jest.SpyInstance;

  beforeAll(async () => {
    [database, server] = await Promise.all([createMigratedDatabase(), startTestNats()]);
    door = new Door(new URL(database.url));
    const servers = { databaseUrl: await door.open(), natsUrl: server.url, logLevel: 'silent' };
    started = jest.spyOn(DigestSigner.prototype, 'onApplicationBootstrap');
    app = await createService(catalogService(Object.assign(new CatalogConfig(), servers)));
    nats = await connect({ servers: server.url });
  });

  afterAll(async () => {
    await nats.close();
    await app.close();
    await door.shut();
    await server.stop();
    await database.drop();
  });

  const overRest = async () => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/api/v1/integrations`;
    const response = await fetch(url, { headers: { authorization: 'Bearer of-nobody' } });
    return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() };
  };
  const overNats = async () => {
    const reply = await nats.request('integrations.v1.rpc.catalog.list', '{}', { timeout: 5_000 });
    return reply.json<OperationResult<unknown>>();
  };

  it('has started each of its services once', () => {
    expect(started).toHaveBeenCalledTimes(1);
  });

  it('has callers ask again, without saying where the database is, and serves them once it is back', async () => {
    expect(await overRest()).toMatchObject({ status: 401 });
    await door.shut();
    await eventually('the loss to be noticed', async () => (await overRest()).status !== 401);

    await expect(app.get(Database).transaction(() => Promise.resolve())).rejects.toThrow(DatabaseError);
    const refused = await overRest();
    expect(refused).toMatchObject({ status: 503, retryAfter: '5' });
    expect(JSON.parse(refused.text)).toMatchObject({
      errorCode: 'provider_unavailable',
      detail: 'the database cannot be reached; ask again',
    });
    expect(await overNats()).toMatchObject({
      success: false,
      errorCode: 'provider_unavailable',
      errorMessage: 'the database cannot be reached; ask again',
      isTransient: true,
    });

    await door.open();
    await eventually('it to serve again', async () => (await overRest()).status === 401 && (await overNats()).success);
  });
});
