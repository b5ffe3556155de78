import { ConfigError, exitOnConfigError } from './config-error';
import { loadConfig } from './load-config';
import { ServiceConfig } from './service-config';

const REQUIRED = { DATABASE_URL: 'postgres://u:p@db:5432/app?sslmode=require', NATS_URL: 'nats://127.0.0.1:4222' };

class AppConfig extends ServiceConfig {
  override port = 3_000;
}

describe('ServiceConfig', () => {
  it('requires only the two addresses, and has defaults for the rest', () => {
    expect({ ...loadConfig(ServiceConfig, REQUIRED) }).toEqual({
      databaseUrl: REQUIRED.DATABASE_URL,
      natsUrl: REQUIRED.NATS_URL,
      port: 0,
      host: '127.0.0.1',
      logLevel: 'info',
      defaultTenant: 'default',
      shutdownTimeoutMs: 10_000,
      egressNoProxy: [],
      egressUnixSockets: [],
      providerPlugins: [],
    });
  });

  it('lets an app override a default, and keeps the validation', () => {
    expect(loadConfig(AppConfig, REQUIRED).port).toBe(3_000);
    expect(() => loadConfig(AppConfig, { ...REQUIRED, PORT: '65536' })).toThrow(
      'PORT: must be a whole number from 0 to 65535',
    );
  });

  it('accepts the addresses of several NATS servers', () => {
    const NATS_URL = 'nats://me:p@a:4222, nats://me:p@b:4222,nats://c';
    expect(loadConfig(ServiceConfig, { ...REQUIRED, NATS_URL }).natsUrl).toBe(NATS_URL);
  });

  it.each([
    ['DATABASE_URL', 'mysql://db/app', 'postgres:// or postgresql://'],
    ['DATABASE_URL', 'postgres://', 'names one host'],
    ['DATABASE_URL', 'postgres://u:p@db1,db2/app?target_session_attrs=read-write', 'names one host'],
    ['DATABASE_URL', 'postgres://u:p@db1/app?host=db1,db2', 'must name only one host in its parameter host too'],
    ['DATABASE_URL', 'postgres://u:50%off@db/app', 'percent-encoded'],
    ['NATS_URL', 'nats://u:50%off@nats:4222', 'percent-encoded'],
    ['DATABASE_URL', 'postgres://u:hunter2hunter2@db:99999/app', 'must be a URL'],
    ['DATABASE_URL', 'postgres://db/app?sslmode=verify_full', 'verify-ca, verify-full'],
    ['DATABASE_URL', 'postgres://db/app?sslMode=verify-full', 'must set up TLS with sslmode'],
    ['DATABASE_URL', 'postgres://db/app?sslmode=verify-full&ssl_ca=/ca.pem', 'sslrootcert'],
    ['DATABASE_URL', 'postgres://db/app?sslmode=verify-full&sslrootcert=/nowhere.pem', 'must name readable PEM files'],
    ['DATABASE_URL', `postgres://db/app?sslmode=verify-full&sslkey=${__filename}`, 'must name readable PEM files'],
    ['NATS_URL', 'localhost:4222', 'nats:// or tls://'],
    ['NATS_URL', 'nats://a:4222,localhost:4222', 'nats:// or tls://'],
    ['NATS_URL', 'nats://a:4222,nats://u:50%off@b:4222', 'percent-encoded'],
    ['NATS_URL', 'nats://u:hunter2hunter2@a:4222,', 'must be a URL, or several'],
    ['NATS_CREDENTIALS_FILE', 'app.creds', 'must be an absolute path'],
    ['NATS_CA_FILE', 'ca.pem', 'must be an absolute path'],
    ['HOST', 'a b', 'IP address or a host name'],
    ['LOG_LEVEL', 'verbose', 'fatal, error, warn, info, debug, trace, silent'],
    ['DEFAULT_TENANT', 'Acme', 'lower-case letters'],
    ['DEFAULT_TENANT', 'a.b', 'lower-case letters'],
    ['SHUTDOWN_TIMEOUT_MS', '-1', 'from 0 to 600000'],
  ])('refuses %s=%s', (key, value, allowed) => {
    const load = () => loadConfig(ServiceConfig, { ...REQUIRED, [key]: value });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(allowed);
    expect(load).not.toThrow('hunter2');
  });
});

describe('the NATS settings', () => {
  it('require a key for a client certificate', () => {
    const load = () => loadConfig(ServiceConfig, { ...REQUIRED, NATS_CERT_FILE: '/app.pem' });
    expect(load).toThrow('NATS_KEY_FILE: is missing');
  });
});

describe('exitOnConfigError', () => {
  afterEach(() => jest.restoreAllMocks());

  it('prints the problems to stderr and exits with status 78', () => {
    const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const exit = jest.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('exited');
    });
    expect(() => exitOnConfigError(() => loadConfig(ServiceConfig, {}))).toThrow('exited');
    expect(exit).toHaveBeenCalledWith(78);
    expect(written).toHaveBeenCalledWith(expect.stringMatching(/DATABASE_URL: is missing.*\n.*NATS_URL: is missing/));
  });

  it('returns the value, and rethrows other errors', () => {
    expect(exitOnConfigError(() => 5)).toBe(5);
    const fail = () => {
      throw new TypeError('other');
    };
    expect(() => exitOnConfigError(fail)).toThrow(TypeError);
  });
});
