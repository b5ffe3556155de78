import { generateKeyPairSync } from 'node:crypto';
import { ConfigModule, createService } from '@integrations/bootstrap';
import { Test } from '@nestjs/testing';
import { AuditModule } from '../../../apps/catalog-api/src/audit/audit.module';
import { DigestSigner } from '../../../apps/catalog-api/src/audit/digest-signer';
import { CatalogConfig } from '../../../apps/catalog-api/src/config';
import { catalogService } from '../../../apps/catalog-api/src/service';
import { register, startCatalog, type TestCatalog } from '../catalog/support';
import { keyFile, newAuditKey } from './support';

describe('catalog-apis with a signing key for digests', () => {
  let catalog: TestCatalog;
  beforeAll(async () => {
    catalog = await startCatalog({ auditKeyFile: keyFile(newAuditKey()) });
  });
  afterAll(() => catalog.close());

  it('sign the end of each chain once, and verify the digests over REST for the caller’s own tenant', async () => {
    const other = await createService(catalogService(catalog.config));
    await register(await catalog.client());
    await register(await catalog.client({ tenantId: 'rival' }));
    const now = new Date();
    await Promise.all([catalog.app, other].map((app) => app.get(DigestSigner).signDue(now)));
    await other.close();

    expect(await catalog.sql('SELECT tenant_id FROM audit_digest ORDER BY 1')).toEqual([
      { tenant_id: 'acme' },
      { tenant_id: 'rival' },
    ]);
    const auditor = await catalog.client({ scopes: ['audit:read'] });
    const verified = async () => (await auditor.call('GET', 'audit/verify')).body;
    const digests = { checked: 1, last: { position: 1, at: now.toISOString() }, breaks: [] };
    expect(await verified()).toMatchObject({ ok: true, digests });

    await catalog.sql(`ALTER TABLE audit_digest DISABLE TRIGGER ALL;
                       UPDATE audit_digest SET hash = sha256('x') WHERE tenant_id = 'acme'`);
    const forged = { kind: 'forged', position: 1, at: now.toISOString(), keyId: expect.any(String) };
    expect(await verified()).toMatchObject({ ok: false, breaks: [], digests: { breaks: [forged] } });
  });
});

it('a catalog-api does not start with a key that cannot sign', async () => {
  const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const config = Object.assign(new CatalogConfig(), { auditKeyFile: keyFile(pem) });
  const imports = [ConfigModule.forRoot(CatalogConfig, config), AuditModule];
  const starting = Test.createTestingModule({ imports });
  await expect(starting.useMocker(() => ({})).compile()).rejects.toThrow(
    /AUDIT_KEY_FILE: must begin with a private key/,
  );
});
