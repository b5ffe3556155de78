// What is checked, in a process of its own, so that its CPU is nobody else's: answers 200, or accepts and stays silent.
// Prints its address; ends with stdin.
// Usage: node targets.ts (http | https | hole) (reused | fresh) [KEY_FILE CERTIFICATE_FILE]
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';

const [kind = 'http', connections = 'reused', keyFile = '', certFile = ''] = process.argv.slice(2);

const listener: RequestListener = (_, response) => {
  if (connections === 'fresh') response.setHeader('connection', 'close');
  response.setHeader('content-length', 2);
  response.end('ok');
};
const server = serverOf();
server.listen(0, '127.0.0.1', 4_096, () => {
  const scheme = kind === 'https' ? 'https' : 'http';
  process.stdout.write(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.stdin.resume().once('end', () => process.exit(0));

function serverOf() {
  if (kind === 'hole') return createTcpServer((socket) => socket.resume().on('error', () => undefined));
  const settings = { keepAliveTimeout: 120_000 };
  if (kind === 'http') return createServer(settings, listener);
  return createSecureServer({ ...settings, key: readFileSync(keyFile), cert: readFileSync(certFile) }, listener);
}
