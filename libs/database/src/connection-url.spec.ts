import { addressOf, verifyingUrl } from './connection-url';

describe('verifyingUrl', () => {
  it.each(['prefer', 'require', 'verify-ca'])('has certificate and name checked for sslmode=%s', (mode) => {
    const url = (set: string) => `postgres://db/a?application_name=x&sslmode=${set}&sslrootcert=/ca.pem`;
    expect(verifyingUrl(url(mode))).toBe(url('verify-full'));
  });

  it.each([
    'postgres://db/a',
    'postgres://db/a?sslmode=disable',
    'postgres://db/a?sslmode=no-verify',
    'postgres://db/a?sslmode=verify-full',
    'postgres://db/a?sslmode=require&uselibpqcompat=true',
  ])('leaves %s as it is', (url) => {
    expect(verifyingUrl(url)).toBe(url);
  });
});

describe('addressOf', () => {
  it('names neither user nor password, nor what follows', () => {
    expect(addressOf('postgres://me:hunter2@db:5432/a?password=hunter2')).toBe('db:5432/a');
  });
});
