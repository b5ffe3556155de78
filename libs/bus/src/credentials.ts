import { readFileSync } from 'node:fs';
import { ConfigError } from '@integrations/config';
import { type Authenticator, credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node';

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
  const text = textOf(path).trim();
  // Of credentials, the client library overlooks a last line that does not end.
  const content = Buffer.from(`${text}\n`);
  const authenticator = SEED.test(text) ? nkeyAuthenticator(Buffer.from(text)) : credsAuthenticator(content);
  try {
    authenticator('to see whether it can sign');
  } catch {
    throw wrong('must name a NATS credentials file, or a file with the seed of a user NKey');
  }
  return authenticator;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw wrong(`names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function wrong(message: string): ConfigError {
  return new ConfigError([{ key: 'NATS_CREDENTIALS_FILE', message }]);
}
