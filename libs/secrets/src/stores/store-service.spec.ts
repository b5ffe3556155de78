import { EgressClient } from '@integrations/provider-kit';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreService } from './store-service';

const NEVER = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'store-service-'));
const egress = new EgressClient({ policy: { allow: ['127.0.0.1'] }, userAgent: 'spec' });
let server: Server;

beforeAll(async () => {
  for (const name of ['ours', 'other']) {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
    const subject = ['-subj', '/CN=Test authority', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...key, ...files, '-days', '2', ...subject], {
      cwd: folder,
      stdio: 'pipe',
    });
  }
  const pem = (name: string) => readFileSync(join(folder, name), 'utf8');
  server = createServer({ key: pem('ours.key'), cert: pem('ours.crt') }, (_, response) => response.end('{"ok": 1}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await egress.close();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

function ask(caFile?: string) {
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service = new StoreService({
    egress,
    address,
    title: 'the store',
    ...(caFile && { caFile: join(folder, caFile) }),
  });
  return service.ask({ path: '/', headers: { authorization: 'Bearer hunter2' } }, NEVER);
}

describe('StoreService', () => {
  it('trusts the authorities in its CA file and no others', async () => {
    expect(await ask('ours.crt')).toEqual({ status: 200, body: { ok: 1 } });
    const failure = { code: 'unavailable', message: 'the store cannot be reached (tls)' };
    await expect(ask('other.crt')).rejects.toMatchObject(failure);
    await expect(ask()).rejects.toMatchObject(failure);
  });

  it('reads its CA file again for each request', async () => {
    writeFileSync(join(folder, 'renewed.crt'), readFileSync(join(folder, 'other.crt')));
    await expect(ask('renewed.crt')).rejects.toThrow('tls');
    writeFileSync(join(folder, 'renewed.crt'), readFileSync(join(folder, 'ours.crt')));
    expect((await ask('renewed.crt')).status).toBe(200);
  });

  it('is unavailable with a CA file that holds no certificate', async () => {
    writeFileSync(join(folder, 'empty.crt'), 'nothing');
    await expect(ask('empty.crt')).rejects.toThrow('the store cannot be reached (invalid_request)');
  });
});
