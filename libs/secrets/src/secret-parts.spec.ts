import { secretParts } from './secret-parts';

const TOKEN = 'eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl';
const PEM = `-----BEGIN ${'PRIVATE'} KEY-----\nMIIEvQIBADANBg==\n-----END ${'PRIVATE'} KEY-----`;

describe('the parts of a secret', () => {
  it.each([
    ['a kubeconfig', `users:\n- name: reader\n  user:\n    token: ${TOKEN}\n`, [TOKEN]],
    ['a kubeconfig in JSON', JSON.stringify({ users: [{ user: { token: TOKEN } }] }), [TOKEN]],
    ['a client key in a kubeconfig', 'user:\n  client-key-data: "LS0tLS1CRUdJTg=="\n', ['LS0tLS1CRUdJTg==']],
    ['keys of AWS', '{"accessKeyId":"AKIA","secretAccessKey":"wJalrX/Utn+FEMI"}', ['wJalrX/Utn+FEMI']],
    ['an INI file', "[default]\naws_secret_access_key = 'wJalrXUtnFEMI'", ['wJalrXUtnFEMI']],
    ['an environment file', 'DB_PASSWORD=hunter22\nAPI_TOKEN="wJalr"\n', ['hunter22', 'wJalr']],
    ['a login', 'robot$ci:correct-horse-battery', ['correct-horse-battery']],
    ['a certificate and its key', `-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n${PEM}\n`, [PEM]],
  ])('are found in %s', (_what, secret, parts) => {
    expect(secretParts(secret)).toEqual(parts);
  });

  it('are found as they are used, without the escapes of the file', () => {
    const key = { type: 'service_account', private_key: `${PEM}\n`, client_email: 'ci@acme.example' };
    expect(secretParts(JSON.stringify(key))).toContain(`${PEM}\n`);
  });

  it.each([TOKEN, 'ghp_0123456789abcdefghijABCDEFGHIJ012345', 'https://hooks.example/T0/B0', '', 'a b: c'])(
    'do not exist in %j',
    (secret) => expect(secretParts(secret)).toEqual([]),
  );

  it.each(['token', 'token:', 'token:"', '-----BEGIN ', 'a', 'token   ', "password='\\"])(
    'are found in linear time in a text that repeats %j',
    (part) => {
      const start = process.cpuUsage();
      secretParts(part.repeat(65_536 / part.length));
      expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
    },
  );
});
