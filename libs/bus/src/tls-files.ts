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
  const ca = textOf('NATS_CA_FILE', caFile);
  const cert = textOf('NATS_CERT_FILE', certFile);
  const key = textOf('NATS_KEY_FILE', keyFile);
  // Node takes what is no certificate for none at all.
  if (ca !== undefined && !ca.includes('-----BEGIN '))
    throw wrong('NATS_CA_FILE', 'must name a file with certificates in PEM');
  try {
    createSecureContext({ cert, key });
  } catch {
    throw wrong(
      'NATS_CERT_FILE',
      'must name a file with a certificate in PEM, to which the key in NATS_KEY_FILE belongs',
    );
  }
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
