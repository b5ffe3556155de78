import { IsAbsolutePath, IsReadFromFile, loadConfig } from '@integrations/config';
import type { AuditBreak, DigestBreak, DigestVerification } from '@integrations/contracts';
import { AuditRepository, type AuditVerification } from '@integrations/database';
import { configuredAuditKeys } from '@integrations/secrets';
import { IsOptional } from 'class-validator';
import { type Command, CommandError, readOptions, requireTenant } from './command';
import { withDatabase } from './database';

class AuditKeyConfig {
  @IsOptional()
  @IsAbsolutePath()
  auditKeyFile?: string;

  @IsReadFromFile('AUDIT_KEY_FILE')
  auditKey?: never;
}

export const verifyAudit: Command = {
  words: ['audit', 'verify'],
  usage: 'audit verify [--tenant TENANT | --all]',
  summary:
    'verifies that no audit entry was changed, removed or inserted; with AUDIT_KEY_FILE, also checks the signed ' +
    'digests; lists every break and exits with 1 if there is one',
  async run(args) {
    const { tenant, all } = readOptions(args, { tenant: { type: 'string' }, all: { type: 'boolean' } });
    if (tenant !== undefined && all) throw new CommandError('give either --tenant or --all, not both');
    if (tenant !== undefined) requireTenant(tenant);

    const keys = configuredAuditKeys(loadConfig(AuditKeyConfig, process.env));
    const broken = await withDatabase(async (database) => {
      const audit = new AuditRepository(database);
      const found: string[] = [];
      for (const name of all ? await audit.tenants() : [tenant ?? 'default']) {
        const verification = await audit.verify(name, undefined, keys);
        if (isEmpty(verification)) throw new Error(`tenant ${name} has no audit trail; check its name`);
        process.stdout.write(`${name}: ${describe(verification)}\n`);
        if (!verification.ok) found.push(name);
      }
      return found;
    });
    if (broken.length > 0) throw new Error(`the audit trail is broken: ${broken.join(', ')}`);
  },
};

/** True if there is nothing to verify, as for an unknown tenant. A signed chain that was deleted is not ok. */
function isEmpty({ ok, rows, head }: AuditVerification): boolean {
  return ok && rows === 0 && head === null;
}

function describe({ ok, rows, head, breaks, digests, isComplete }: AuditVerification): string {
  const where = head ? `head at ${head.position}, ${head.hash.toString('hex')}` : 'no head';
  const end = `${where}; ${describeDigests(digests)}`;
  if (ok) return `${rows} entries, intact; ${end}`;
  const more = isComplete ? [] : ['verification stopped here; there may be more'];
  const all = [...breaks.map(describeBreak), ...(digests?.breaks ?? []).map(describeDigestBreak)];
  return [`${rows} entries, broken; ${end}`, ...all, ...more].join('\n  ');
}

function describeDigests(digests: DigestVerification | null): string {
  if (!digests) return 'digests not checked';
  const { checked, last } = digests;
  return last ? `${checked} digests, the last for position ${last.position} at ${last.at}` : 'no digests';
}

function describeDigestBreak({ kind, position, at, keyId }: DigestBreak): string {
  return `digest ${kind}: for position ${position} at ${at}, key ${keyId}`;
}

function describeBreak({ kind, position, through, auditId }: AuditBreak): string {
  if (auditId !== null) return `${kind}: position ${position}, entry ${auditId}`;
  if (through === null) return `${kind}: from position ${position}, an unknown number of entries`;
  return through === position ? `${kind}: position ${position}` : `${kind}: positions ${position} to ${through}`;
}
