import { parseAuthRef } from '../auth-ref/auth-ref';
import { EnvStore } from './env-store';

const ENV = {
  APP_SECRET_TOKEN: 'tok-123',
  APP_SECRET_JSON: '{"key":"value"}',
  APP_SECRET_LINE: 'tok-456\n',
  APP_SECRET_EMPTY: '',
  APP_SECRET_BLANK: '\n',
  APP_SECRET_BIG: 'x'.repeat(65_537),
  DATABASE_URL: 'postgres://u:p@h/d',
};
const { signal } = new AbortController();

describe('EnvStore', () => {
  const store = new EnvStore({ env: ENV, prefix: 'APP_SECRET_', tenantId: 'acme' });
  const read = async (path: string, tenantId = 'acme') =>
    (await store.read({ tenantId, ref: parseAuthRef(`authref://env/${path}`) }, signal)).reveal();

  it('reads a variable with its prefix, and a field of it', async () => {
    expect(store.isAvailable()).toEqual({ available: true });
    expect(await read('TOKEN')).toBe('tok-123');
    expect(await read('JSON#key')).toBe('value');
  });

  it('drops the final line break', async () => {
    expect(await read('LINE')).toBe('tok-456');
  });

  it.each([
    ['DATABASE_URL', 'not_found'],
    ['APP_SECRET_TOKEN', 'not_found'],
    ['../DATABASE_URL', 'not_found'],
    ['token', 'not_found'],
    ['A/B', 'not_found'],
    ['EMPTY', 'not_found'],
    ['BLANK', 'not_found'],
    ['JSON#other', 'not_found'],
    ['BIG', 'denied'],
    ['TOKEN?version=1', 'denied'],
  ])('returns no secret for %s', async (path, code) => {
    const [name, ...rest] = path.split(/(?=[#?])/);
    const ref = { ...parseAuthRef(`authref://env/X${rest.join('')}`), path: name! };
    await expect(store.read({ tenantId: 'acme', ref }, signal)).rejects.toMatchObject({ code });
  });

  it('denies every tenant but its own', async () => {
    await expect(read('TOKEN', 'other')).rejects.toMatchObject({ code: 'denied' });
  });
});
