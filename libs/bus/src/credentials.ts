import { type Authenticator, credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node';
import { readSettingFile, wrongSetting } from './setting-file';

const SETTING = 'NATS_CREDENTIALS_FILE';
/** Of a user. https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth */
const SEED = /^SU[A-Z2-7]{56}$/;

/**
 * Who we are to NATS, by a file that is read again for each connection, so that what is renewed counts from the next one on.
 * Throws ConfigError if it cannot be used now.
 */
export function credentialsFrom(path: string): Authenticator {
  let last = read(path);
  return (nonce) => {
    try {
      last = read(path);
    } catch {
      // It is just being replaced. The client library would give up for good.
    }
    return last(nonce);
  };
}

function read(path: string): Authenticator {
  const text = readSettingFile(SETTING, path).trim();
  // Of credentials, the client library overlooks a last line that does not end.
  const content = Buffer.from(`${text}\n`);
  const authenticator = SEED.test(text) ? nkeyAuthenticator(Buffer.from(text)) : credsAuthenticator(content);
  try {
    authenticator('to see whether it can sign');
  } catch {
    throw wrongSetting(SETTING, 'must name a NATS credentials file, or a file with the seed of a user NKey');
  }
  return authenticator;
}
