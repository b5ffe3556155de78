import type { AddressInfo } from 'node:net';
import { createService } from '@integrations/bootstrap';
import type { OperationResult } from '@integrations/contracts';
import { Database, DatabaseError } from '@integrations/database';
import { generateMasterKey } from '@integrations/secrets';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DigestSigner } from '../../../apps/catalog-api/src/audit/digest-signer';
import { CatalogConfig } from '../../../apps/catalog-api/src/config';
import { catalogService } from '../../../apps/catalog-api/src/service';
import { Door } from '../../support/door';
import { eventually } from '../../support/eventually';
import { createMigratedDatabase } from '../../support/migrated-database';
import { startTestNats } from '../../support/nats';
import { AUDIENCE, type Key, newKey } from '../../support/access-tokens';
import { TestIssuer } from './issuer';

describe('the catalog without its database', () => {
  let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
  let server: Awaited<ReturnType<typeof startTestNats>>;
  let door: Door;
  let key: Key;
  let issuer: TestIssuer;
  let app: NestFastifyApplication;
  let nats: NatsConnection;
  let started: jest.SpyInstance;

  beforeAll(async () => {
    [database, server] = await Promise.all([createMigratedDatabase(), startTestNats()]);
    door = new Door(new URL(database.url));
    // The provider logs at each start that it is not set up for production.
    (['info', 'warn'] as const).forEach((level) => jest.spyOn(console, level).mockImplementation());
    key = await newKey('RS256', 'only');
    issuer = await TestIssuer.start(key);
    const servers = { databaseUrl: await door.open(), natsUrl: server.url, logLevel: 'silent' };
    const settings = { oidcIssuer: issuer.url, oidcAudience: AUDIENCE, secretsMasterKey: generateMasterKey() };
    started = jest.spyOn(DigestSigner.prototype, 'onApplicationBootstrap');
    app = await createService(catalogService(Object.assign(new CatalogConfig(), servers, settings)));
    nats = await connect({ servers: server.url });
  });

  afterAll(async () => {
    await nats.close();
    await app.close();
    await door.shut();
    await server.stop();
    await database.drop();
    await issuer.down();
    jest.restoreAllMocks();
  });

  const call = async (path: string, token: string, init: RequestInit = {}) => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`, { headers, ...init });
    return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() };
  };
  const overRest = () => call('integrations', 'of-nobody');
  /** With a token that can be verified without the database. */
  const putSecret = async () => {
    const token = await issuer.forge(key, { scope: 'secrets:write' });
    return call('secrets/github/app-key', token, { method: 'PUT', body: JSON.stringify({ value: 'hunter2' }) });
  };
  const overNats = async () => {
    const reply = await nats.request('integrations.v1.rpc.catalog.list', '{}', { timeout: 60_000 });
    return reply.json<OperationResult<unknown>>();
  };

  it('has started each of its services once', () => {
    expect(started).toHaveBeenCalledTimes(1);
  });

  it("asks callers to try again, without revealing the database's address, and serves them once the database is back", async () => {
    expect(await overRest()).toMatchObject({ status: 401 });
    expect(await putSecret()).toMatchObject({ status: 200 });
    await door.shut();
    await eventually('the loss to be noticed', async () => (await overRest()).status !== 401);

    await expect(app.get(Database).transaction(() => Promise.resolve())).rejects.toThrow(DatabaseError);
    const refused = await overRest();
    expect(refused).toMatchObject({ status: 503, retryAfter: '5' });
    expect(JSON.parse(refused.text)).toMatchObject({
      errorCode: 'provider_unavailable',
      detail: 'the database cannot be reached; try again',
    });
    expect(await putSecret()).toMatchObject({ status: 503, retryAfter: '5' });
    expect(await overNats()).toMatchObject({
      success: false,
      errorCode: 'provider_unavailable',
      errorMessage: 'the database cannot be reached; try again',
      isTransient: true,
    });

    await door.open();
    await eventually('it to serve again', async () => (await overRest()).status === 401 && (await overNats()).success);
  });
});
