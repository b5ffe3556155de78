import { createSecureContext } from 'node:tls';
import { readSettingFile, wrongSetting } from './setting-file';

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
    throw wrongSetting(
      'NATS_CERT_FILE',
      'must name a file with a certificate in PEM, to which the key in NATS_KEY_FILE belongs',
    );
  }
}

function pemOf(setting: string, path: string | undefined, content: string): string | undefined {
  if (path === undefined) return undefined;
  const text = readSettingFile(setting, path);
  // Node takes what is empty, or no authority's certificate, for none at all.
  if (text.includes('-----BEGIN ')) return text;
  throw wrongSetting(setting, `must name a file with ${content} in PEM`);
}
