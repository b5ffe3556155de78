import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary';

export interface KeyPair {
  /** In PEM form. */
  readonly key: string;
  readonly cert: string;
}

/** A self-signed certificate with an RSA key for 127.0.0.1 and localhost, made by openssl. It is its own private authority. */
export function selfSignedRsa(): KeyPair {
  const directory = temporaryDirectory();
  const subject = ['-subj', '/CN=Test authority', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', ...subject, ...files], {
    cwd: directory,
    stdio: 'pipe',
  });
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  const pair = { key: read('key.pem'), cert: read('cert.pem') };
  rmSync(directory, { recursive: true });
  return pair;
}
