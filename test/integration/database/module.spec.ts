import {
  ApiTokenRepository,
  AuditRepository,
  Database,
  type DatabaseError,
  DatabaseModule,
  HealthRepository,
  IntegrationRepository,
  OperationRepository,
  Outbox,
  ProbeScheduleRepository,
  SealedSecretRepository,
} from '@integrations/database';
import { Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Door } from '../../support/door';
import { eventually } from '../../support/eventually';
import { integration, openDatabase, type TestDatabase } from './support';

@Injectable()
class Registrar implements OnApplicationShutdown {
  readonly last = integration();

  constructor(readonly integrations: IntegrationRepository) {}

  async onApplicationShutdown(): Promise<void> {
    await this.integrations.insert(this.last);
  }
}

@Module({ providers: [Registrar] })
class FeatureModule {}

describe('the database module', () => {
  let db: TestDatabase;

  beforeEach(async () => {
    db = await openDatabase();
  });

  afterEach(() => db.close());

  it('provides the repositories to every module of the app, and closes the pool after all of them at shutdown', async () => {
    const app = await Test.createTestingModule({
      imports: [FeatureModule, DatabaseModule.forRoot({ url: db.url, applicationName: 'module-test' })],
    }).compile();
    const parts = [
      HealthRepository,
      ProbeScheduleRepository,
      OperationRepository,
      Outbox,
      ApiTokenRepository,
      SealedSecretRepository,
      AuditRepository,
    ];
    for (const part of parts) expect(app.get(part, { strict: false })).toBeInstanceOf(part);

    const row = await app.get(Registrar, { strict: false }).integrations.insert(integration());
    expect(await new IntegrationRepository(db.database).find('acme', row.id)).toEqual(row);
    const connections = () =>
      db.sql(
        `SELECT pid FROM pg_stat_activity WHERE application_name = 'module-test' AND datname = current_database()`,
      );
    expect(await connections()).not.toEqual([]);

    const database = app.get(Database, { strict: false });
    const { last } = app.get(Registrar, { strict: false });
    await app.close();
    expect(await new IntegrationRepository(db.database).find('acme', last.id)).toMatchObject({ name: last.name });
    expect(await database.isReady()).toBe(false);
    // PostgreSQL ends a session shortly after its client has gone.
    await eventually('the connections to be closed', async () => (await connections()).length === 0);
  });

  it('keeps no connection to a standby, so that the app follows the address to a new primary', async () => {
    const address = new Door(new URL(db.url));
    const app = await Test.createTestingModule({
      imports: [DatabaseModule.forRoot({ url: await address.open(), applicationName: 'module-test' })],
    }).compile();
    const database = app.get(Database, { strict: false });
    const asStandby = (value: 'on' | 'off') =>
      db.sql(`DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = ${value}', current_database());
      END $$`);

    await asStandby('on');
    await address.shut();
    await address.open();
    await eventually('a refusal for that reason', () =>
      database.openSession().catch((error: DatabaseError) => error.code === '25006' && error),
    );
    expect(await database.isReady()).toBe(false);
    await asStandby('off');
    await eventually('another connection', () => database.isReady());
    await app.close();
    await address.shut();
  });
});
