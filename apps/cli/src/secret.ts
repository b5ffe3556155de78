import { auditedSecrets, AuditRepository, SealedSecretRepository } from '@integrations/database';
import { Secret } from '@integrations/provider-kit';
import { type AuthRef, AuthRefError, fingerprintUnder, localRef, LocalStore } from '@integrations/secrets';
import { auditEntry } from './audit-entry';
import { type Command, CommandError, readOptions, requireTenant } from './command';
import { withDatabase } from './database';
import { requiredMasterKeys } from './master-keys';
import { secretFrom } from './secret-input';

export const putSecret: Command = {
  words: ['secret', 'put'],
  usage: 'secret put --path PATH [--tenant TENANT] [< value]',
  summary:
    'stores a secret, read from standard input, in the local store under PATH and prints its authRef; ' +
    'asks for the secret at a terminal; needs SECRETS_MASTER_KEY_FILE',
  async run(args) {
    const { path = '', tenant } = readOptions(
      args,
      { path: { type: 'string' }, tenant: { type: 'string', default: 'default' } },
      ['path'],
    );
    requireTenant(tenant);
    const ref = refOf(path);
    const masters = requiredMasterKeys(process.env);

    const value = new Secret(await secretFrom(process.stdin, (text) => process.stderr.write(text)));
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
