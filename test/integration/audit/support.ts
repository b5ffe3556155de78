import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditBreak } from '@integrations/contracts';
import {
  type AuditDigestRepository,
  AuditRepository,
  type DigestKeys,
  type DigestSigning,
  type NewAuditEntry,
} from '@integrations/database';
import { temporaryDirectory } from '../../support/temporary';
import type { TestDatabase } from '../database/support';

export function entry(overrides: Partial<NewAuditEntry> = {}): NewAuditEntry {
  return {
    tenantId: 'acme',
    actor: 'ci',
    app: 'catalog-api',
    action: 'integration.updated',
    integrationId: '01920000-0000-7000-8000-000000000001',
    outcome: 'succeeded',
    detail: { changedFields: ['name'] },
    ...overrides,
  };
}

/** Appends `length` entries one after the other and returns their ids, by position from index 0. */
export async function chain(db: TestDatabase, length: number, tenantId = 'acme'): Promise<string[]> {
  const audit = new AuditRepository(db.database);
  for (let n = 1; n <= length; n++) await audit.append(entry({ tenantId, detail: { n } }));
  return idsOf(db, tenantId);
}

export async function idsOf(db: TestDatabase, tenantId = 'acme'): Promise<string[]> {
  const found = await db.sql<{ id: string }>('SELECT id FROM audit_entry WHERE tenant_id = $1 ORDER BY position', [
    tenantId,
  ]);
  return found.map(({ id }) => id);
}

/** Changes the tables with their triggers disabled, as only their owner can. */
export async function tamper(db: TestDatabase, ...statements: readonly string[]): Promise<void> {
  await db.sql(`BEGIN;
    ALTER TABLE audit_entry DISABLE TRIGGER ALL; ALTER TABLE audit_head DISABLE TRIGGER ALL;
    ${statements.join(';\n')};
    COMMIT;
    ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_append_only, ENABLE ALWAYS TRIGGER audit_entry_seal;
    ALTER TABLE audit_head ENABLE ALWAYS TRIGGER audit_head_forward, ENABLE ALWAYS TRIGGER audit_head_kept`);
}

/** A private key in PEM. */
export function newAuditKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A key file for `AUDIT_KEY_FILE`. */
export function keyFile(pem: string): string {
  const path = join(temporaryDirectory(), 'audit.key');
  writeFileSync(path, pem, { mode: 0o600 });
  return path;
}

/** Signs for every tenant that is due an hour after its last digest. */
export async function signAll(digests: AuditDigestRepository, keys: DigestKeys, now: Date): Promise<DigestSigning[]> {
  const before = new Date(now.getTime() - 3_600_000);
  const signings: DigestSigning[] = [];
  for (const tenantId of await digests.due(before)) signings.push(await digests.sign(tenantId, keys, { now, before }));
  return signings;
}

/** A break at a single entry. */
export function broken(kind: AuditBreak['kind'], position: number, auditId: string | undefined): AuditBreak {
  return { kind, position, through: position, auditId: auditId ?? '(no such entry)' };
}

/** A break for missing entries. */
export function lacking(kind: 'missing' | 'truncated', position: number, through: number | null): AuditBreak {
  return { kind, position, through, auditId: null };
}
