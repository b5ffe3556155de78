import { loadConfig, ServiceConfig } from '@integrations/config';
import { natsServers } from './nats-servers';

describe('natsServers', () => {
  const read = (env: NodeJS.ProcessEnv = {}) =>
    natsServers('app', loadConfig(ServiceConfig, { DATABASE_URL: 'postgres://db/a', NATS_URL: 'nats://a', ...env }));

  it('leaves TLS to the URL if no TLS file is set', () => {
    expect(read()).toEqual({ servers: 'nats://a', name: 'app', credentialsFile: undefined, tls: undefined });
  });

  it('takes the TLS and credentials files from their settings', () => {
    const files = { NATS_CA_FILE: '/ca', NATS_CERT_FILE: '/cert', NATS_KEY_FILE: '/key' };
    expect(read({ ...files, NATS_CREDENTIALS_FILE: '/creds' })).toMatchObject({
      credentialsFile: '/creds',
      tls: { caFile: '/ca', certFile: '/cert', keyFile: '/key' },
    });
  });
});
