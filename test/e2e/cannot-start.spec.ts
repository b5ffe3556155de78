import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type AppName, entryOf } from '../../scripts/stack/build.ts';
import { run } from '../../scripts/stack/child.ts';
import { runCli } from '../support/app-process';
import { startTestNats, type TestNats } from '../support/nats';
import { createDatabase, type TestDatabase } from '../support/postgres';
import { temporaryDirectory } from '../support/temporary';

const APPS: readonly AppName[] = ['catalog-api', 'health-worker', 'annotation-dispatcher'];
const ACCOUNTS = `accounts {
  PLATFORM: {
    jetstream: { max_streams: 1 }
    users: [
      { user: app, password: "s3cret-word" }
      { user: mute, password: "s3cret-word", permissions: { publish: { deny: ["$JS.API.>"] } } }
    ]
  }
  WITHOUT: { users: [{ user: without, password: "s3cret-word" }] }
}`;

describe('an app that cannot start', () => {
  let database: TestDatabase;
  let nats: TestNats;
  let guarded: TestNats;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    [database, nats, guarded] = await Promise.all([
      createDatabase(),
      startTestNats(),
      startTestNats({ config: ACCOUNTS }),
    ]);
    env = { PATH: process.env.PATH, DATABASE_URL: database.url, NATS_URL: nats.url, PORT: '0' };
    await runCli(['migrate'], env);
  });

  afterAll(async () => {
    await Promise.all([nats.stop(), guarded.stop()]);
    await database.drop();
  });

  const start = async (wrong: NodeJS.ProcessEnv, app: AppName = 'catalog-api') => {
    const { code, output } = await run(process.execPath, [entryOf(resolve('.'), app)], { env: { ...env, ...wrong } });
    return { code, lines: output.trim().split('\n') };
  };

  const natsAs = (user: string) => ({ NATS_URL: guarded.url.replace('//', `//${user}:s3cret-word@`) });

  it.each(APPS)("says what is wrong in a file of %s's configuration, and exits with 78", async (app) => {
    const file = join(temporaryDirectory(), 'master.key');
    writeFileSync(file, 'too short', { mode: 0o600 });
    expect(await start({ SECRETS_MASTER_KEY_FILE: file }, app)).toEqual({
      code: 78,
      lines: [
        `${app} cannot start: The configuration is wrong:`,
        '  SECRETS_MASTER_KEY_FILE: must be 32 bytes in base64 or hexadecimal',
      ],
    });
  });

  it('names the TLS file for NATS that is missing, and exits with 78', async () => {
    expect(await start({ NATS_CA_FILE: '/none' })).toEqual({
      code: 78,
      lines: [
        'catalog-api cannot start: The configuration is wrong:',
        '  NATS_CA_FILE: names a file that cannot be read (ENOENT)',
      ],
    });
  });

  it.each(APPS)('says in one line of %s that NATS cannot be reached, and exits with 1', async (app) => {
    expect(await start({ NATS_URL: 'nats://app:s3cret-word@127.0.0.1:1' }, app)).toEqual({
      code: 1,
      lines: [`${app} cannot start: cannot connect to NATS at 127.0.0.1:1: connection refused`],
    });
  });

  it.each([
    ['nobody', /Authorization Violation/],
    ['without', /is not available to this user: JetStream not enabled for account/],
    ['mute', /is not available to this user: Permissions Violation for Publish to "\$JS\.API\.INFO"/],
    // A newer server does not create the streams in the order of the requests, so any may be the one that fits.
    ['app', /stream INTEGRATIONS_[A-Z]+: maximum number of streams reached/],
  ])('says why the NATS user %s is not sufficient', async (user, reason) => {
    const { code, lines } = await start(natsAs(user));
    expect(code).toBe(1);
    expect(lines).toContainEqual(expect.stringMatching(/^catalog-api cannot start: /));
    expect(lines.find((line) => line.startsWith('catalog-api cannot start'))).toMatch(reason);
    expect(lines.join()).not.toContain('s3cret-word');
  });

  it('names the port that is in use', async () => {
    const port = Number(new URL(nats.url).port);
    const { code, lines } = await start({ PORT: String(port) });
    expect(code).toBe(1);
    expect(lines).toContainEqual(
      expect.stringMatching(
        `^catalog-api cannot start: cannot serve HTTP at HOST=127.0.0.1, PORT=${port}: .*EADDRINUSE`,
      ),
    );
  });

  it('gets a hint from the command line: a command that finds no schema names the command that creates it', async () => {
    const empty = await createDatabase();
    const creating = runCli(['token', 'create', '--name', 'a', '--scope', 'all'], { ...env, DATABASE_URL: empty.url });
    await expect(creating).rejects.toThrow(
      /^the database schema is behind \(\d+ migrations\): run the command "migrate"/,
    );
    await empty.drop();
  });
});
