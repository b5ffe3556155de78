import { addressOf, verifyingUrl } from './connection-url';

describe('verifyingUrl', () => {
  it.each(['prefer', 'require', 'verify-ca'])(
    'turns sslmode=%s into verify-full, which checks the certificate and the host name',
    (mode) => {
      const url = (set: string) => `postgres://db/a?application_name=x&sslmode=${set}&sslrootcert=/ca.pem`;
      expect(verifyingUrl(url(mode))).toBe(url('verify-full'));
    },
  );

  it.each([
    'postgres://db/a',
    'postgres://db/a?sslmode=disable',
    'postgres://db/a?sslmode=no-verify',
    'postgres://db/a?sslmode=verify-full',
    'postgres://db/a?sslmode=require&uselibpqcompat=true',
  ])('leaves %s unchanged', (url) => {
    expect(verifyingUrl(url)).toBe(url);
  });
});

describe('addressOf', () => {
  it('returns host, port and database without credentials and parameters', () => {
    expect(addressOf('postgres://me:hunter2@db:5432/a?password=hunter2')).toBe('db:5432/a');
  });
});
