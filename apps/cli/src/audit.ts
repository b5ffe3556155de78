import { TENANT_PATTERN } from '@integrations/contracts';
import { type AuditBreak, AuditRepository, type AuditVerification } from '@integrations/database';
import { type Command, CommandError, readOptions } from './command';
import { withDatabase } from './database';

export const verifyAudit: Command = {
  words: ['audit', 'verify'],
  usage: 'audit verify [--tenant TENANT | --all]',
  summary: 'checks that nobody changed, removed or added an audit entry; ends with 1, naming each, if somebody did',
  async run(args) {
    const { tenant, all } = readOptions(args, { tenant: { type: 'string' }, all: { type: 'boolean' } });
    if (tenant !== undefined && all) throw new CommandError('either --tenant or --all');
    if (tenant !== undefined && !TENANT_PATTERN.test(tenant))
      throw new CommandError('--tenant must be lower-case letters, digits, _ or -');

    const broken = await withDatabase(async (database) => {
      const audit = new AuditRepository(database);
      const found: string[] = [];
      for (const name of all ? await audit.tenants() : [tenant ?? 'default']) {
        const verification = await audit.verify(name);
        process.stdout.write(`${name}: ${describe(verification)}\n`);
        if (!verification.ok) found.push(name);
      }
      return found;
    });
    if (broken.length > 0) throw new Error(`the audit trail is broken: ${broken.join(', ')}`);
  },
};

function describe({ ok, rows, head, breaks, isComplete }: AuditVerification): string {
  const end = head ? `head at ${head.position}, ${head.hash.toString('hex')}` : 'no head';
  if (ok) return `${rows} entries, intact; ${end}`;
  const more = isComplete ? [] : ['and it goes on: verification stopped there'];
  return [`${rows} entries, broken; ${end}`, ...breaks.map(describeBreak), ...more].join('\n  ');
}

function describeBreak({ kind, position, through, auditId }: AuditBreak): string {
  if (auditId !== null) return `${kind}: position ${position}, entry ${auditId}`;
  if (through === null) return `${kind}: from position ${position} on, nobody knows how far`;
  return through === position ? `${kind}: position ${position}` : `${kind}: positions ${position} to ${through}`;
}
