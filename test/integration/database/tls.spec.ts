import { chownSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database, pendingMigrations, runMigrations } from '@integrations/database';
import { Client } from 'pg';
import { selfSignedRsa } from '../../support/certificates';
import { eventually } from '../../support/eventually';
import { startTestPostgres, type TestPostgres } from '../../support/postgres';
import { temporaryDirectory } from '../../support/temporary';

const NOBODY = 65_534;

describe('TLS to PostgreSQL', () => {
  const directory = temporaryDirectory();
  const authority = selfSignedRsa();
  const ca = file('ca.pem', authority.cert);
  const stranger = file('stranger.pem', selfSignedRsa().cert);
  let server: TestPostgres;
  let url: string;

  beforeAll(async () => {
    server = await startTestPostgres();
    const key = file('server.key', authority.key);
    // The key must belong to PostgreSQL's user, which is not root.
    if (process.getuid?.() === 0) chownSync(key, NOBODY, NOBODY);
    await admin(async (client) => {
      for (const [name, value] of [
        ['ssl_cert_file', ca],
        ['ssl_key_file', key],
        ['ssl', 'on'],
      ]) {
        await client.query(`ALTER SYSTEM SET ${name} = '${value}'`);
      }
      await client.query('SELECT pg_reload_conf()');
    });
    // By host name, because the certificate is checked against it.
    url = server.url.replace('127.0.0.1', 'localhost');
    await runMigrations(`${url}?sslmode=verify-full&sslrootcert=${ca}`);
  });

  afterAll(() => server.drop());

  it.each(['require', 'verify-ca', 'verify-full'])('is used by each connection with sslmode=%s', async (mode) => {
    const warned = jest.spyOn(process, 'emitWarning');
    const secured = `${url}?sslmode=${mode}&sslrootcert=${ca}`;
    expect(await pendingMigrations(secured)).toEqual([]);
    const database = await Database.connect({ url: secured, applicationName: 'test', poolSize: 2 });
    const session = await database.openSession();
    const { rows } = await session.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    expect(rows).toEqual([{ ssl: true }]);
    await session.end();
    await database.close();
    expect(warned).not.toHaveBeenCalled();
  });

  it.each(['', `&sslrootcert=${stranger}`])(
    'refuses a server whose CA neither the system nor sslrootcert trusts: %s',
    async (trusted) => {
      const opening = pendingMigrations(`${url}?sslmode=require${trusted}`);
      await expect(opening).rejects.toThrow(
        /^cannot connect to PostgreSQL at localhost:\d+\/integrations: .+; name its CA with sslrootcert in the URL$/,
      );
    },
  );

  it('works again once a missing CA file is back, even for callers that waited meanwhile', async () => {
    const replaced = file('replaced.pem', authority.cert);
    const secured = `${url}?sslmode=verify-full&sslrootcert=${replaced}`;
    const database = await Database.connect({ url: secured, applicationName: 'test', poolSize: 1 });
    const tenant = database.ofTenant('acme');
    rmSync(replaced);
    const asked = Promise.allSettled(['SELECT pg_sleep(60)', 'SELECT 1', 'SELECT 1'].map((sql) => tenant.query(sql)));
    await admin(async (client) => {
      const broken = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test' AND wait_event = 'PgSleep'`;
      await eventually('it to be broken', async () => (await client.query(broken)).rowCount === 1);
    });
    const away = { status: 'rejected', reason: { message: expect.stringContaining('ENOENT') } };
    expect((await asked).at(-1)).toMatchObject(away);
    file('replaced.pem', authority.cert);
    expect(await tenant.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.close();
  });

  async function admin(work: (client: Client) => Promise<void>): Promise<void> {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await work(client).finally(() => client.end());
  }

  function file(name: string, content: string): string {
    writeFileSync(join(directory, name), content, { mode: name.endsWith('key') ? 0o600 : 0o644 });
    return join(directory, name);
  }
});
