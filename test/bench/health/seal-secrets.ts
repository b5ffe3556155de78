import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Client } from 'pg';

/** For SECRETS_MASTER_KEY. */
export const MASTER_KEY = randomBytes(32);
const MASTER_KEY_ID = createHmac('sha256', MASTER_KEY).update('integrations/master-key-id').digest('hex').slice(0, 16);
const AT_ONCE = 5_000;

/** Creates the secret of each integration that names one in the `local` store, sealed as libs/secrets seals it. */
export async function sealSecrets(sql: Client): Promise<void> {
  const { rows } = await sql.query<{ tenant: string; path: string }>(
    `SELECT tenant_id AS tenant, replace(auth_ref, 'authref://local/', '') AS path FROM integration
     WHERE auth_ref LIKE 'authref://local/%'`,
  );
  for (let done = 0; done < rows.length; done += AT_ONCE) {
    const sealed = rows.slice(done, done + AT_ONCE).map(({ tenant, path }) => seal(tenant, path));
    await sql.query(
      `INSERT INTO sealed_secret (tenant_id, path, version, master_key_id, wrapped_key, ciphertext)
       SELECT * FROM jsonb_to_recordset($1) AS s(tenant text, path text, version integer, master text, key text, text text)`,
      [JSON.stringify(sealed)],
    );
  }
  await sql.query('VACUUM ANALYZE sealed_secret');
}

function seal(tenant: string, path: string) {
  const dataKey = randomBytes(32);
  const key = encrypt(MASTER_KEY, dataKey, ['data-key', MASTER_KEY_ID, tenant, path, 1]);
  const text = encrypt(dataKey, Buffer.from(`token-of-${path}-${randomBytes(12).toString('hex')}`), [
    'secret',
    tenant,
    path,
    1,
  ]);
  return { tenant, path, version: 1, master: MASTER_KEY_ID, key, text };
}

function encrypt(key: Buffer, plain: Buffer, binding: readonly unknown[]): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(JSON.stringify(binding)));
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64');
}
