import { join } from 'node:path';
import { Database, IntegrationRepository, pendingMigrations, runMigrations } from '@integrations/database';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { type RunningPostgres, startPostgres } from '../../../scripts/stack/postgres.ts';
import { temporaryDirectory } from '../../support/temporary';
import { integration } from '../database/support';
import { createLogin, execute } from './support';

/** Roles belong to a server, so these specs need their own server, without our roles. */
describe('on a server that is new to us', () => {
  let server: RunningPostgres;
  let databases = 0;

  beforeAll(async () => {
    const dataDir = join(temporaryDirectory(), 'postgres');
    server = await startPostgres({ dataDir, port: await freePorts(1), durable: false });
  });
  afterAll(() => server.stop());

  /** Creates a database that the login owns, and returns the login's URL for it. */
  const databaseOf = async (loginUrl: string): Promise<string> => {
    const url = new URL(loginUrl);
    const name = `owned_${++databases}`;
    await execute(server.url, `CREATE DATABASE ${name} OWNER ${url.username}`);
    url.pathname = `/${name}`;
    return url.toString();
  };
  const elsewhere = (loginUrl: string, databaseUrl: string): string =>
    Object.assign(new URL(loginUrl), { pathname: new URL(databaseUrl).pathname }).toString();
  const worksOn = async (url: string): Promise<void> => {
    const database = await Database.connect({ url, applicationName: 'test', poolSize: 1 });
    try {
      const integrations = new IntegrationRepository(database);
      const { id } = await integrations.insert(integration());
      expect(await integrations.find('acme', id)).toMatchObject({ id });
      expect(await integrations.find('other', id)).toBeNull();
    } finally {
      await database.close();
    }
  };

  it('a login that may not create roles is told which are missing, and nothing is left half done', async () => {
    const owner = await createLogin(server.url, 'NOCREATEROLE');
    const url = await databaseOf(owner.url);
    await expect(runMigrations(url)).rejects.toThrow(/CREATEROLE, or the roles integrations_tenant and/);
    expect(await pendingMigrations(url)).toContain('RowLevelSecurity1790000000030');
    await expect(Database.connect({ url, applicationName: 'test' })).rejects.toThrow(
      /cannot use the roles of the apps: role "integrations_system" does not exist/,
    );
  });

  it('several databases are migrated at once by a login that is no superuser and then serves the apps', async () => {
    const owner = await createLogin(server.url, 'NOSUPERUSER CREATEROLE');
    const urls = [];
    for (let n = 0; n < 4; n++) urls.push(await databaseOf(owner.url));
    const done = await Promise.all(urls.map((url) => runMigrations(url)));
    for (const names of done) expect(names).toContain('RowLevelSecurity1790000000030');
    for (const url of urls) await worksOn(url);
  });

  it('an owner without CREATEROLE can migrate once the roles exist, and the apps use a login that owns nothing', async () => {
    const owner = await createLogin(server.url, 'NOCREATEROLE');
    const url = await databaseOf(owner.url);
    await runMigrations(url);

    const apps = elsewhere(
      (await createLogin(server.url, 'NOINHERIT IN ROLE integrations_tenant, integrations_system')).url,
      url,
    );
    expect(await pendingMigrations(apps)).toEqual([]);
    await worksOn(apps);
    await expect(execute(apps, 'SELECT FROM integration')).rejects.toThrow('permission denied for table integration');
    await expect(execute(apps, 'CREATE TABLE mine (id integer)')).rejects.toThrow(
      'permission denied for schema public',
    );
    await expect(runMigrations(apps)).resolves.toEqual([]);
  });

  it('a login that is not a member of the roles gets no connection, whatever else it may do', async () => {
    const owner = await createLogin(server.url, 'NOCREATEROLE');
    const url = await databaseOf(owner.url);
    await runMigrations(url);
    await expect(Database.connect({ url, applicationName: 'test' })).rejects.toThrow(
      /^cannot connect to PostgreSQL at 127\.0\.0\.1:\d+\/owned_\d+: .*permission denied to set role "integrations_system"$/,
    );
  });

  it('migrations refuse a role that bypasses the policies', async () => {
    await execute(server.url, 'ALTER ROLE integrations_tenant BYPASSRLS');
    try {
      await expect(runMigrations(await databaseOf(server.url))).rejects.toThrow(
        /must be neither SUPERUSER nor BYPASSRLS/,
      );
    } finally {
      await execute(server.url, 'ALTER ROLE integrations_tenant NOBYPASSRLS');
    }
  });
});
