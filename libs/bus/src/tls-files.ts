import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '@integrations/config';

/** PEM, read for each connection. */
export interface TlsFiles {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** Throws ConfigError for files that cannot be used now: of those, the client library tells as of a server that is away. */
export function checkTlsFiles({ caFile, certFile, keyFile }: TlsFiles): void {
  pemOf('NATS_CA_FILE', caFile, 'certificates');
  const cert = pemOf('NATS_CERT_FILE', certFile, 'a certificate');
  const key = pemOf('NATS_KEY_FILE', keyFile, 'a private key');
  try {
    createSecureContext({ cert, key });
  } catch {
    throw wrong(
      'NATS_CERT_FILE',
      'must name a file with a certificate in PEM, to which the key in NATS_KEY_FILE belongs',
    );
  }
}

function pemOf(setting: string, path: string | undefined, content: string): string | undefined {
  const text = textOf(setting, path);
  // Node takes what is empty, or no authority's certificate, for none at all.
  if (text === undefined || text.includes('-----BEGIN ')) return text;
  throw wrong(setting, `must name a file with ${content} in PEM`);
}

function textOf(setting: string, path: string | undefined): string | undefined {
  try {
    return path === undefined ? undefined : readFileSync(path, 'utf8');
  } catch (error) {
    throw wrong(setting, `names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function wrong(key: string, message: string): ConfigError {
  return new ConfigError([{ key, message }]);
}
