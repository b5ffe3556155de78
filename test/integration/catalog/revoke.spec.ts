import { listTokens, revokeToken } from '../../../apps/cli/src/token';
import { register, startCatalog, type TestCatalog, type TestClient } from './support';

describe('API tokens', () => {
  const { DATABASE_URL } = process.env;
  let catalog: TestCatalog;
  let acme: TestClient;
  let printed: string;

  beforeAll(async () => {
    catalog = await startCatalog();
    process.env.DATABASE_URL = catalog.config.databaseUrl;
    acme = await catalog.client({ tenantId: 'acme', name: 'ci', scopes: ['integrations:read', 'integrations:write'] });
    await register(acme);
  });
  afterAll(async () => {
    if (DATABASE_URL === undefined) delete process.env.DATABASE_URL;
    else process.env.DATABASE_URL = DATABASE_URL;
    await catalog.close();
  });

  beforeEach(() => {
    printed = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });
  afterEach(() => jest.restoreAllMocks());

  const listed = async (tenant: string) => {
    printed = '';
    await listTokens.run(['--tenant', tenant]);
    return printed
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { id: string; name: string });
  };

  it('are listed for their tenant, without anything that would help to guess them', async () => {
    const scopes = ['integrations:read', 'integrations:write'];
    expect(await listed('acme')).toEqual([
      { id: expect.any(String), name: 'ci', scopes, createdAt: expect.any(String) },
    ]);
    expect(await listed('rival')).toEqual([]);
  });

  it.each([
    ['of another tenant', 'rival', ({ id }: { id: string }) => id],
    ['that is unknown', 'acme', () => '01920000-0000-7000-8000-000000000001'],
  ])('are not revoked by an id %s', async (_which, tenant, idOf) => {
    const [token] = await listed('acme');
    const running = revokeToken.run(['--tenant', tenant, '--id', idOf(token!)]);
    await expect(running).rejects.toThrow(`tenant ${tenant} has no API token`);
    expect((await acme.call('GET', 'integrations')).status).toBe(200);
  });

  it('are not revoked by a malformed id', async () => {
    await expect(revokeToken.run(['--id', 'ci'])).rejects.toThrow('--id must be a UUID');
  });

  it('are useless once revoked, and the audit trail records that', async () => {
    const auditor = await catalog.client({ tenantId: 'acme', name: 'auditor', scopes: ['audit:read'] });
    const token = (await listed('acme')).find(({ name }) => name === 'ci');
    await revokeToken.run(['--tenant', 'acme', '--id', token!.id]);
    expect(printed).toContain('ci revoked\n');

    expect((await acme.call('GET', 'integrations')).status).toBe(401);
    expect((await listed('acme')).map(({ name }) => name)).toEqual(['auditor']);
    const { body } = await auditor.call('GET', 'audit?action=token.revoked');
    expect(body).toMatchObject({ items: [{ actor: 'cli', detail: { tokenId: token!.id, name: 'ci' } }] });
  });
});
