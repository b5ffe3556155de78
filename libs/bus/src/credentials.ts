import { type Authenticator, credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node';
import { readSettingFile, wrongSetting } from './setting-file';

const SETTING = 'NATS_CREDENTIALS_FILE';
/** The seed of a user NKey. https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth */
const SEED = /^SU[A-Z2-7]{56}$/;

/**
 * Our NATS credentials from a file. The file is read again for each connection, so renewed credentials apply from the next
 * connection on. Throws ConfigError if the file cannot be used now.
 */
export function credentialsFrom(path: string): Authenticator {
  let last = read(path);
  return (nonce) => {
    try {
      last = read(path);
    } catch {
      // The file is just being replaced. If this threw, the client library would give up for good.
    }
    return last(nonce);
  };
}

function read(path: string): Authenticator {
  const text = readSettingFile(SETTING, path).trim();
  // The client library ignores a last line without a line end.
  const content = Buffer.from(`${text}\n`);
  const authenticator = SEED.test(text) ? nkeyAuthenticator(Buffer.from(text)) : credsAuthenticator(content);
  try {
    authenticator('to see whether it can sign');
  } catch {
    throw wrongSetting(SETTING, 'must name a NATS credentials file, or a file with the seed of a user NKey');
  }
  return authenticator;
}
