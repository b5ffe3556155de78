import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bus, type BusServers } from '@integrations/bus';
import { ConfigError } from '@integrations/config';
import { nkeys } from '@nats-io/transport-node';
import { until } from '../../../scripts/stack/child';
import { selfSignedRsa } from '../../support/certificates';
import { eventually } from '../../support/eventually';
import { startTestNats, type TestNats } from '../../support/nats';
import { operatorMode, seedOf } from '../../support/nats-jwt';
import { temporaryDirectory } from '../../support/temporary';

const directory = temporaryDirectory();
const file = (name: string, content: string): string => {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
};

/** By default a server drops clients that do not authenticate within two seconds, too short to sign on a busy machine. */
const PATIENT = 'timeout: 45';

let running: TestNats[] = [];
const start = async (config = ''): Promise<TestNats> => {
  const nats = await startTestNats({ config });
  running.push(nats);
  return nats;
};

/** Connects, uses JetStream, and closes. */
const use = async (servers: Omit<BusServers, 'name'>): Promise<void> => {
  const bus = await Bus.connect({ name: 'test', ...servers });
  await bus.ensureStreams().finally(() => bus.drain());
};

afterEach(async () => {
  await Promise.all(running.map((nats) => nats.stop()));
  running = [];
});

describe('a list of servers', () => {
  it('may contain dead ones, and the bus moves to one that is back when its own dies', async () => {
    const [one, other] = [await start(), await start()];
    await other.stop();
    const servers = `nats://127.0.0.1:1, ${one.url},${other.url}`;
    // Each connection tries the servers in its own order.
    const buses = await Promise.all(Array.from({ length: 6 }, () => Bus.connect({ servers, name: 'test' })));
    await other.restart();
    await one.stop();
    for (const bus of buses) {
      // A request to the dying server fails after five seconds.
      await until(() => bus.ensureStreams());
      await bus.drain();
    }
  });
});

describe('a server that has reached its connection limit', () => {
  it('is reported with a hint to its log, because its own error message is lost', async () => {
    const nats = await start('max_connections: 1');
    // The connection that checked whether the server runs keeps a slot until the server notices that it is gone.
    const first = await eventually('a place', () => Bus.connect({ servers: nats.url, name: 'test' }).catch(() => null));
    const refused =
      /^cannot connect to NATS at 127\.0\.0\.1:\d+: timeout \(a server .* has too many, says so in its log\)$/;
    await expect(use({ servers: nats.url })).rejects.toThrow(refused);
    await until(() => expect(nats.log()).toContain('maximum connections exceeded'));
    await first.drain();
  });
});

describe('TLS', () => {
  const [server, client, stranger] = [selfSignedRsa(), selfSignedRsa(), selfSignedRsa()];
  const caFile = file('ca.pem', server.cert);
  const shown = { certFile: file('client.pem', client.cert), keyFile: file('client.key', client.key) };
  const key = { cert_file: file('server.pem', server.cert), key_file: file('server.key', server.key), timeout: 45 };
  const config = (tls: object) => `tls: ${JSON.stringify(tls)}`;

  it('trusts the configured CA and no other', async () => {
    const nats = await start(config(key));
    const servers = nats.url.replace('nats://127.0.0.1', 'tls://localhost');
    await use({ servers, tls: { caFile } });
    await expect(use({ servers })).rejects.toThrow(/^cannot connect to NATS at localhost:/);
    const other = { caFile: file('other.pem', stranger.cert) };
    await expect(use({ servers, tls: other })).rejects.toThrow(/^cannot connect to NATS at localhost:/);
  });

  it('presents the client certificate when the server verifies clients', async () => {
    const nats = await start(config({ ...key, ca_file: shown.certFile, verify: true }));
    const servers = nats.url.replace('127.0.0.1', 'localhost');
    await use({ servers, tls: { caFile, ...shown } });
    await expect(use({ servers, tls: { caFile } })).rejects.toThrow(/^cannot connect to NATS.*NATS_CERT_FILE/);
  });

  it.each([
    [{ caFile: '/none' }, 'NATS_CA_FILE: names a file that cannot be read (ENOENT)'],
    [{ caFile: shown.keyFile.replace('client.key', '') }, 'NATS_CA_FILE: names a file that cannot be read (EISDIR)'],
    [{ caFile: file('rubbish.pem', 'rubbish') }, 'NATS_CA_FILE: must name a file with certificates in PEM'],
    [{ ...shown, keyFile: '/none' }, 'NATS_KEY_FILE: names a file that cannot be read (ENOENT)'],
    [
      { ...shown, certFile: join(directory, 'rubbish.pem') },
      'NATS_CERT_FILE: must name a file with a certificate in PEM',
    ],
    [{ ...shown, certFile: file('empty.pem', '') }, 'NATS_CERT_FILE: must name a file with a certificate in PEM'],
    [{ ...shown, keyFile: file('empty.key', '') }, 'NATS_KEY_FILE: must name a file with a private key in PEM'],
    [
      { ...shown, keyFile: file('other.key', stranger.key) },
      'NATS_CERT_FILE: must name a file with a certificate in PEM',
    ],
  ])('names the setting when its file cannot be used: %j', async (tls, message) => {
    const connecting = use({ servers: 'tls://127.0.0.1:1', tls });
    await expect(connecting).rejects.toThrow(ConfigError);
    await expect(connecting).rejects.toThrow(message);
  });

  it('sends nothing to a server without TLS once TLS is configured', async () => {
    const { url } = await start();
    await expect(use({ servers: url, tls: { caFile } })).rejects.toThrow(`server does not support 'tls'`);
  });
});

describe('NATS credentials', () => {
  it('may be a credentials file of an operator with JWT accounts', async () => {
    const { config, credentials } = operatorMode();
    const { url } = await start(`${config}\nauthorization { ${PATIENT} }`);
    await use({ servers: url, credentialsFile: file('app.creds', credentials) });
    await expect(use({ servers: url })).rejects.toThrow(/Authorization Violation/i);
  });

  it('may be an NKey seed, which may be replaced while the connection is down, and even be empty for a while', async () => {
    const [before, after] = [nkeys.createUser(), nkeys.createUser()];
    const users = [before, after].map((user) => `{ nkey: ${user.getPublicKey()} }`).join();
    const nats = await start(`authorization { ${PATIENT}, users: [${users}] }`);
    const credentialsFile = file('app.nk', seedOf(before));
    const bus = await Bus.connect({ servers: nats.url, name: 'test', credentialsFile });
    for (const content of ['', `${seedOf(after)}\n`]) {
      file('app.nk', content);
      await nats.restart();
      await until(() => expect(bus.isReady()).toBe(true));
      await bus.ensureStreams();
    }
    await bus.drain();
  });

  it('that may not read a stream cause a "forbidden" error at once, and the connection stays', async () => {
    const denied = '{ publish: { deny: "$JS.API.STREAM.MSG.GET.*" } }';
    const nats = await start(
      `authorization { ${PATIENT}, users: [{ user: app, password: secret, permissions: ${denied} }] }`,
    );
    const bus = await Bus.connect({ servers: nats.url.replace('//', '//app:secret@'), name: 'test' });
    await bus.ensureStreams();
    await expect(bus.newestIn('INTEGRATIONS_EVT')).rejects.toMatchObject({ errorCode: 'forbidden' });
    expect(bus.isReady()).toBe(true);
    await bus.drain();
  });

  it('that are refused for a while are logged once, not at each attempt', async () => {
    const [known, unknown] = [nkeys.createUser(), nkeys.createUser()];
    const nats = await start(`authorization { ${PATIENT}, users: [{ nkey: ${known.getPublicKey()} }] }`);
    const credentialsFile = file('changed.nk', seedOf(known));
    const logger = { warn: jest.fn(), error: jest.fn() };
    const bus = await Bus.connect({ servers: nats.url, name: 'test', credentialsFile, logger });
    const told = () => [...logger.warn.mock.calls, ...logger.error.mock.calls].map(([, message]) => message);

    file('changed.nk', seedOf(unknown));
    await nats.restart();
    const refusals = () => nats.log().match(/authentication error/g)?.length;
    await until(() => expect(refusals()).toBeGreaterThan(4));
    expect(told()).toEqual(['NATS connection lost; reconnecting', 'NATS reports an error']);

    file('changed.nk', seedOf(known));
    await until(() => expect(bus.isReady()).toBe(true));
    expect(told()).toEqual(['NATS connection lost; reconnecting', 'NATS connection is back', 'NATS reports an error']);
    await bus.drain();
  });

  it.each([
    ['rubbish', 'must name a NATS credentials file, or a file with the seed of a user NKey'],
    [null, 'names a file that cannot be read (ENOENT)'],
  ])('are refused with the name of their setting: %s', async (content, message) => {
    const credentialsFile = content === null ? join(directory, 'none') : file('rubbish', content);
    await expect(use({ servers: 'nats://127.0.0.1:1', credentialsFile })).rejects.toThrow(
      `NATS_CREDENTIALS_FILE: ${message}`,
    );
  });
});
