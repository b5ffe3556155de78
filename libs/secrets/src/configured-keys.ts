import { ConfigError, type MasterKeyConfig } from '@integrations/config';
import { Secret } from '@integrations/provider-kit';
import { type AuditKeys, parseAuditKeys } from './audit-keys';
import { KeyError, readKeyFile } from './key-file';
import { type MasterKeys, parseMasterKey, readMasterKeyFile } from './local/master-key';

export type MasterKeySettings = Pick<
  MasterKeyConfig,
  'secretsMasterKey' | 'secretsMasterKeyFile' | 'secretsPreviousMasterKeyFile'
>;

/** Null if no master key is configured. Throws ConfigError. */
export function configuredMasterKeys(config: MasterKeySettings): MasterKeys | null {
  const { secretsMasterKey, secretsMasterKeyFile, secretsPreviousMasterKeyFile } = config;
  const current =
    inSetting('SECRETS_MASTER_KEY', secretsMasterKey, parseMasterKey) ??
    inSetting('SECRETS_MASTER_KEY_FILE', secretsMasterKeyFile, readMasterKeyFile);
  const previous = inSetting('SECRETS_PREVIOUS_MASTER_KEY_FILE', secretsPreviousMasterKeyFile, readMasterKeyFile);
  return current && { current, previous: previous ? [previous] : [] };
}

/** Null if no key for audit digests is configured. Throws ConfigError. */
export function configuredAuditKeys({ auditKeyFile }: { readonly auditKeyFile?: string }): AuditKeys | null {
  return inSetting('AUDIT_KEY_FILE', auditKeyFile, (path) => parseAuditKeys(readKeyFile(path)));
}

/** Null if no client secret is configured. Throws ConfigError. */
export function configuredClientSecret(settings: { readonly consoleOidcClientSecretFile?: string }): Secret | null {
  const { consoleOidcClientSecretFile: path } = settings;
  return inSetting('CONSOLE_OIDC_CLIENT_SECRET_FILE', path, (file) => parseClientSecret(readKeyFile(file)));
}

function parseClientSecret(text: string): Secret {
  const secret = text.trim();
  if (/^[\x21-\x7e]{8,}$/.test(secret)) return new Secret(secret);
  throw new KeyError('must name a file with 8 visible ASCII characters or more');
}

function inSetting<T>(key: string, setting: string | undefined, read: (text: string) => T): T | null {
  if (setting === undefined) return null;
  try {
    return read(setting);
  } catch (error) {
    if (error instanceof KeyError) throw new ConfigError([{ key, message: error.message }]);
    throw error;
  }
}
