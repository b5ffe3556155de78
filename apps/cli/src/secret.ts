import { text } from 'node:stream/consumers';
import { AuditRepository, SealedSecretRepository } from '@integrations/database';
import { Secret } from '@integrations/provider-kit';
import { AuthRefError, fingerprintUnder, LocalStore, parseAuthRef } from '@integrations/secrets';
import { auditEntry } from './audit-entry';
import { type Command, CommandError, readOptions, requireTenant } from './command';
import { withDatabase } from './database';
import { requiredMasterKeys } from './master-keys';

export const putSecret: Command = {
  words: ['secret', 'put'],
  usage: 'secret put --path PATH [--tenant TENANT] < value',
  summary: 'seals standard input into the local store under PATH and prints its authRef; needs SECRETS_MASTER_KEY_FILE',
  async run(args) {
    const { path = '', tenant } = readOptions(
      args,
      { path: { type: 'string' }, tenant: { type: 'string', default: 'default' } },
      ['path'],
    );
    requireTenant(tenant);
    const ref = refOf(path);
    const masters = requiredMasterKeys();

    const value = new Secret(await text(process.stdin));
    const version = await withDatabase(async (database) => {
      const written = await new LocalStore(new SealedSecretRepository(database), masters).write(
        tenant,
        ref.path,
        value,
      );
      const detail = { fingerprint: fingerprintUnder(masters)(ref), version: written };
      await new AuditRepository(database).append(auditEntry(tenant, 'secret.written', detail));
      return written;
    });
    process.stdout.write(`${ref.canonical} (version ${version})\n`);
  },
};

function refOf(path: string) {
  try {
    return parseAuthRef(`authref://local/${path}`);
  } catch (error) {
    if (error instanceof AuthRefError) throw new CommandError(`--path ${error.message}`);
    throw error;
  }
}
