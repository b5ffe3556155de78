import { createSecureContext } from 'node:tls';
import { readSettingFile, wrongSetting } from './setting-file';

/** Paths of PEM files, which are read for each connection. */
export interface TlsFiles {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** Throws ConfigError for unusable files, which the client library would report as an unreachable server. */
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
  // Node treats a file that is empty or holds no certificate as if none were configured.
  if (text.includes('-----BEGIN ')) return text;
  throw wrongSetting(setting, `must name a file with ${content} in PEM`);
}
