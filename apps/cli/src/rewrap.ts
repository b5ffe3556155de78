import {
  AuditRepository,
  type Database,
  type SealedSecretPosition,
  SealedSecretRepository,
  type SealedSecretRow,
} from '@integrations/database';
import { fingerprintUnder, type MasterKeys, rewrap, SecretStoreError } from '@integrations/secrets';
import { auditEntry } from './audit-entry';
import { type Command, readOptions } from './command';
import { withDatabase } from './database';
import { requiredMasterKeys } from './master-keys';

type StoredSecret = SealedSecretPosition & SealedSecretRow;

interface Move {
  readonly before: StoredSecret;
  readonly after: Omit<SealedSecretRow, 'version'>;
}

interface Failure {
  readonly secret: StoredSecret;
  readonly error: SecretStoreError;
}

interface Tally {
  rewrapped: number;
  current: number;
  failed: number;
}

const BATCH = 200;

export const rewrapSecrets: Command = {
  words: ['secret', 'rewrap'],
  usage: 'secret rewrap',
  summary:
    're-encrypts all secrets of the local store: from the key in SECRETS_PREVIOUS_MASTER_KEY_FILE to the one in ' +
    'SECRETS_MASTER_KEY_FILE; lists secrets that cannot be opened and then exits with 1; may be repeated',
  async run(args) {
    readOptions(args, {});
    const masters = requiredMasterKeys(process.env);
    const tally: Tally = { rewrapped: 0, current: 0, failed: 0 };
    await withDatabase(async (database) => {
      for await (const secrets of batches(new SealedSecretRepository(database))) {
        await rewrapBatch(database, secrets, masters, tally);
      }
    });
    const { rewrapped, current, failed } = tally;
    process.stdout.write(`${rewrapped} rewrapped, ${current} already current, ${failed} could not be opened\n`);
    if (failed > 0) throw new Error('keep the previous master key: some secrets could not be rewrapped');
  },
};

/** Batches of secrets. Each batch belongs to one tenant. */
async function* batches(repository: SealedSecretRepository): AsyncGenerator<readonly StoredSecret[]> {
  for (const tenantId of await repository.tenants()) {
    let page: StoredSecret[] = [];
    do {
      page = await repository.listAfter(tenantId, page.at(-1) ?? null, BATCH);
      yield page;
    } while (page.length === BATCH);
  }
}

async function rewrapBatch(
  database: Database,
  secrets: readonly StoredSecret[],
  masters: MasterKeys,
  tally: Tally,
): Promise<void> {
  const { moves, failures } = rewrapAll(secrets, masters);
  const rewrapped = await replaceKeys(database, moves, failures, masters);
  tally.rewrapped += rewrapped;
  // This includes secrets that a concurrent run has rewrapped.
  tally.current += secrets.length - failures.length - rewrapped;
  tally.failed += failures.length;
  for (const { secret, error } of failures) {
    const { tenantId, version } = secret;
    process.stdout.write(`${tenantId} ${printOf(secret, masters)} version ${version}: ${error.message}\n`);
  }
}

/** Secrets that are already under the current key appear in neither list. */
function rewrapAll(secrets: readonly StoredSecret[], masters: MasterKeys): { moves: Move[]; failures: Failure[] } {
  const moves: Move[] = [];
  const failures: Failure[] = [];
  for (const secret of secrets) {
    try {
      const after = rewrap(secret, secret, masters);
      if (after !== secret) moves.push({ before: secret, after });
    } catch (error) {
      if (!(error instanceof SecretStoreError)) throw error;
      failures.push({ secret, error });
    }
  }
  return { moves, failures };
}

/**
 * Replaces the keys and writes the audit entry in one transaction, so that the audit trail is right even if the run is
 * killed. Returns the number of secrets replaced.
 */
async function replaceKeys(
  database: Database,
  moves: readonly Move[],
  { length: failed, 0: failure }: readonly Failure[],
  masters: MasterKeys,
): Promise<number> {
  const tenantId = (moves[0]?.before ?? failure?.secret)?.tenantId;
  if (tenantId === undefined) return 0;
  const repository = new SealedSecretRepository(database);
  const audit = new AuditRepository(database);
  return database.transaction(async (tx) => {
    let replaced = 0;
    for (const { before, after } of moves) if (await repository.replaceKey(before, before, after, tx)) replaced += 1;
    const detail = { secrets: replaced, failed, masterKeyId: masters.current.id };
    const outcome = failed > 0 ? 'failed' : 'succeeded';
    if (replaced + failed > 0) await audit.append(auditEntry(tenantId, 'secret.rewrapped', detail, outcome), tx);
    return replaced;
  });
}

/** The fingerprint to print instead of the path, which may be confidential. */
function printOf({ path }: StoredSecret, masters: MasterKeys): string {
  return fingerprintUnder(masters)({ store: 'local', path, canonical: `authref://local/${path}` });
}
