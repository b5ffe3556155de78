import { buffer } from 'node:stream/consumers';
import { AuditRepository, type Database, SealedSecretRepository } from '@integrations/database';
import { Secret } from '@integrations/provider-kit';
import {
  type AuthRef,
  AuthRefError,
  fingerprintUnder,
  localRef,
  LocalStore,
  type SealedSecretStorage,
} from '@integrations/secrets';
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
    const version = await withDatabase((database) =>
      new LocalStore(audited(database, fingerprint), masters).write(tenant, ref.path, value),
    );
    process.stdout.write(`${ref.canonical} (version ${version})\n`);
  },
};

/** Each version is written with its audit entry, or not at all. */
function audited(database: Database, fingerprint: string): SealedSecretStorage {
  const secrets = new SealedSecretRepository(database);
  const audit = new AuditRepository(database);
  return {
    get: (...place) => secrets.get(...place),
    put: (tenant, path, sealed) =>
      database.transaction(async (tx) => {
        const version = await secrets.put(tenant, path, sealed, tx);
        await audit.append(auditEntry(tenant, 'secret.written', { fingerprint, version }), tx);
        return version;
      }),
  };
}

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
