import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

const CA_CONFIG = `[ca]
default_ca = one
[one]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
[any]
commonName = supplied
`;

/** A self-signed certificate made with the openssl command line; dates as `YYYYMMDDhhmmssZ`. */
export function selfSigned(options: { names?: string; from?: string; until?: string } = {}): SelfSigned {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  try {
    writeFileSync(join(folder, 'ca.cnf'), CA_CONFIG);
    writeFileSync(join(folder, 'index'), '');
    writeFileSync(join(folder, 'serial'), '01\n');
    writeFileSync(join(folder, 'extensions'), `subjectAltName=${options.names ?? 'DNS:localhost,IP:127.0.0.1'}\n`);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key.pem'];
    openssl('req', ...key, '-out', 'request.pem', '-subj', '/CN=Test authority');
    const dates = ['-startdate', options.from ?? '20200101000000Z', '-enddate', options.until ?? '20490101000000Z'];
    const sign = ['-selfsign', '-keyfile', 'key.pem', '-in', 'request.pem', '-out', 'cert.pem', '-notext'];
    openssl('ca', '-batch', '-config', 'ca.cnf', ...sign, ...dates, '-extfile', 'extensions');
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    return { key: read('key.pem'), cert: read('cert.pem') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
