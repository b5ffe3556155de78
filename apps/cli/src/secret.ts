import { buffer } from 'node:stream/consumers';
import { auditedSecrets, AuditRepository, SealedSecretRepository } from '@integrations/database';
import { Secret } from '@integrations/provider-kit';
import { type AuthRef, AuthRefError, fingerprintUnder, localRef, LocalStore } from '@integrations/secrets';
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

    const value = new Secret(textOf(await buffer(process.stdin)));
    const fingerprint = fingerprintUnder(masters)(ref);
    const version = await withDatabase((database) => {
      const [secrets, audit] = [new SealedSecretRepository(database), new AuditRepository(database)];
      const entryOf = (written: number) => auditEntry(tenant, 'secret.written', { fingerprint, version: written });
      const { canonical: authRef } = ref;
      const store = new LocalStore(auditedSecrets({ database, secrets, audit, entryOf, authRef }), masters);
      return store.write(tenant, ref.path, value);
    });
    process.stdout.write(`${ref.canonical} (version ${version})\n`);
  },
};

function refOf(path: string): AuthRef {
  try {
    return localRef(path);
  } catch (error) {
    if (error instanceof AuthRefError) throw new CommandError(`--path ${error.message}`);
    throw error;
  }
}

/** What is not text would be kept with other bytes than it has. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CommandError('a secret must be text: standard input is not UTF-8');
  }
}
