import { ApiTokenRepository, DatabaseError, SealedSecretRepository } from '@integrations/database';
import { openDatabase, type TestDatabase } from './support';

let db: TestDatabase;

beforeEach(async () => {
  db = await openDatabase();
});

afterEach(() => db.close());

describe('API tokens', () => {
  const token = { tenantId: 'acme', name: 'ci', scopes: ['integrations:read'], tokenHash: 'a'.repeat(64) };

  it('are found by their hash, which is not returned', async () => {
    const tokens = new ApiTokenRepository(db.database);
    const id = await tokens.insert(token);

    expect(await tokens.findByHash(token.tokenHash)).toEqual({
      id,
      tenantId: 'acme',
      name: 'ci',
      scopes: ['integrations:read'],
      createdAt: expect.any(Date),
    });
    expect(await tokens.findByHash('b'.repeat(64))).toBeNull();
    await expect(tokens.insert({ ...token, tenantId: 'other' })).rejects.toThrow(DatabaseError);
  });

  it('belong to the tenant that they were made for', async () => {
    const tokens = new ApiTokenRepository(db.database);
    await tokens.insert(token);

    expect(await db.sql('SELECT tenant_id, count(*)::int FROM api_token GROUP BY tenant_id')).toEqual([
      { tenant_id: 'acme', count: 1 },
    ]);
  });
});

describe('sealed secrets', () => {
  const sealed = (version: number) => ({
    version,
    masterKeyId: 'k1',
    wrappedKey: 'd3JhcA==',
    ciphertext: `v${version}`,
  });

  it('are kept in all versions, newest first', async () => {
    const secrets = new SealedSecretRepository(db.database);
    expect(await secrets.put('acme', 'github/app', sealed(1))).toBe(1);
    expect(await secrets.put('acme', 'github/app', sealed(2))).toBe(2);
    for (let version = 3; version <= 10; version++) await secrets.put('acme', 'github/app', sealed(version));

    expect(await secrets.get('acme', 'github/app')).toEqual(sealed(10));
    expect(await secrets.get('acme', 'github/app', 1)).toEqual(sealed(1));
    expect(await secrets.get('acme', 'github/app', 11)).toBeNull();
    expect(await secrets.get('acme', 'github')).toBeNull();
    expect(await secrets.get('other', 'github/app')).toBeNull();
  });

  it('are read in one query per tenant when requested at once', async () => {
    const secrets = new SealedSecretRepository(db.database);
    for (const tenantId of ['acme', 'other']) {
      const own = (version: number) => ({ ...sealed(version), masterKeyId: tenantId });
      for (const version of [1, 2, 3]) await secrets.put(tenantId, 'github/app', own(version));
      await secrets.put(tenantId, 'gitlab', own(1));
    }
    const sent = jest.spyOn(db.database, 'ofTenant');
    const found = await Promise.all([
      secrets.get('acme', 'gitlab'),
      secrets.get('acme', 'github/app'),
      secrets.get('other', 'github/app', 2),
      secrets.get('acme', 'gitlab', 2),
      secrets.get('acme', 'github/app', 1),
      secrets.get('acme', 'github/app'),
    ]);

    expect(found.map((row) => row && [row.masterKeyId, row.ciphertext])).toEqual([
      ['acme', 'v1'],
      ['acme', 'v3'],
      ['other', 'v2'],
      null,
      ['acme', 'v1'],
      ['acme', 'v3'],
    ]);
    expect(sent).toHaveBeenCalledTimes(2);
  });

  it('reject a second secret with the same version', async () => {
    const secrets = new SealedSecretRepository(db.database);
    await secrets.put('acme', 'github/app', sealed(1));

    await expect(secrets.put('acme', 'github/app', { ...sealed(1), ciphertext: 'other' })).rejects.toThrow(
      DatabaseError,
    );
    expect(await secrets.get('acme', 'github/app')).toEqual(sealed(1));
  });
});
