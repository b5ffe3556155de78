import { findSecrets } from './secret-scan';

const fieldsOf = (body: unknown) => findSecrets(body).map(({ field }) => field);

describe('findSecrets', () => {
  it.each([
    ['token', 'abc'],
    ['accessToken', 'abc'],
    ['access_token', 'abc'],
    ['password', 'abc'],
    ['PASSWORD', 12_345_678],
    ['privateKey', 'abc'],
    ['private_key_pem', 'abc'],
    ['client-secret', ['abc']],
    ['webhookSecret', { value: 'abc' }],
    ['apiKey', 'abc'],
    ['credentials', 'abc'],
    ['authorization', 'Bearer abc'],
  ])('refuses config.%s because of its name', (key, value) => {
    expect(fieldsOf({ config: { [key]: value } })).toEqual([`config.${key}`]);
  });

  it.each([
    ['GitHub', `ghp_${'x'.repeat(36)}`],
    ['GitHub, fine-grained', 'github_pat_11ABCDEFG0123456789'],
    ['GitHub App', 'ghs_16C7e42F292c6912E7710c838347Ae178B4a'],
    ['GitLab', 'glpat-abcdefghijklmnopqrst'],
    ['AWS', 'AKIAIOSFODNN7EXAMPLE'],
    ['Vault', 'hvs.CAESIJlWh1234567890'],
    ['Docker Hub', 'dckr_pat_abcdefgh'],
    ['JSON Web Token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc'],
    ['a token of our own', `ist_${'x'.repeat(43)}`],
    ['PEM', '-----BEGIN RSA PRIVATE KEY-----\nMIIE'],
    ['PEM, PKCS #8', '-----BEGIN PRIVATE KEY-----'],
    ['PEM, OpenSSH', '-----BEGIN OPENSSH PRIVATE KEY-----'],
    ['URL', 'https://robot:hunter2@registry.example.com/v2'],
  ])('recognises a credential by its format, wherever it stands: %s', (_of, value) => {
    expect(fieldsOf({ name: value })).toEqual(['name']);
    expect(fieldsOf({ description: `use ${value} please` })).toEqual(['description']);
    expect(fieldsOf({ tags: ['prod', value] })).toEqual(['tags[1]']);
    expect(fieldsOf({ config: { deep: [{ er: value }] } })).toEqual(['config.deep[0].er']);
  });

  it('points to authRef and never shows what it found, not even in a field name', () => {
    const found = findSecrets({ config: { ghp_abcdefghijklmnop: 'x', url: 'glpat-abcdefghijklmnop' } });
    expect(found.map(({ field }) => field)).toEqual(['config.(a key)', 'config.url']);
    expect(found.every(({ message }) => message.includes('authRef'))).toBe(true);
    expect(JSON.stringify(found)).not.toMatch(/ghp_abc|glpat-abc/);
  });

  it('names all such fields at once', () => {
    expect(fieldsOf({ token: 'x', config: { password: 'y', url: 'z' } })).toEqual(['token', 'config.password']);
  });

  it.each([
    ['a reference', { authRef: 'authref://file/github/token' }],
    ['a certificate', { config: { caBundle: '-----BEGIN CERTIFICATE-----\nMIIB' } }],
    ['a public key', { config: { key: '-----BEGIN PUBLIC KEY-----\nMIIB' } }],
    ['a switch', { config: { requireCredential: true, useToken: false } }],
    ['a removal', { config: { token: null } }],
    ['an address', { config: { tokenUrl: 'https://login.example.com/token' } }],
    ['prose', { description: 'rotate the ghp_ and glpat- tokens; the password is in the safe' }],
    ['a body that is not an object', 'text'],
    ['a missing body', undefined],
  ])('accepts %s', (_what, body) => {
    expect(findSecrets(body)).toEqual([]);
  });

  it('copes with a body of any depth', () => {
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`);
    expect(findSecrets(deep)).toEqual([]);
  });
});
