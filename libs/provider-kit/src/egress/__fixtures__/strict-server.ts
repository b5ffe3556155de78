import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SelfSigned } from './certificates';

/** An HTTPS server that accepts known client certificates only and, unlike Node's, refuses others by TLS alerts. */
export class StrictServer implements AsyncDisposable {
  private constructor(
    readonly origin: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(own: SelfSigned, known: SelfSigned, version: '-tls1_2' | '-tls1_3'): Promise<StrictServer> {
    const folder = mkdtempSync(join(tmpdir(), 'strict-server-'));
    const files = { 'cert.pem': own.cert, 'key.pem': own.key, 'known.pem': known.cert };
    for (const [name, pem] of Object.entries(files)) writeFileSync(join(folder, name), pem);
    const identity = ['-cert', 'cert.pem', '-key', 'key.pem'];
    const clients = ['-CAfile', 'known.pem', '-Verify', '1', '-verify_return_error'];
    const args = ['s_server', '-accept', '127.0.0.1:0', '-www', version, ...identity, ...clients];
    const process = spawn('openssl', args, { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] });
    for await (const line of createInterface({ input: process.stdout })) {
      const port = /^ACCEPT .*:(\d+)$/.exec(line)?.[1];
      if (!port) continue;
      process.stdout.resume();
      return new StrictServer(`https://localhost:${port}`, process, folder);
    }
    throw new Error('openssl s_server does not start');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
    rmSync(this.folder, { recursive: true });
  }
}
