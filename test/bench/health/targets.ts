// The targets, in their own process, so that their CPU time is not counted elsewhere. They answer 200, or accept and stay
// silent. Prints their addresses; ends with stdin.
// Usage: node targets.ts (http | https) (reused | fresh) [KEY_FILE CERTIFICATE_FILE]
//        node targets.ts (http | hole) PORTS
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';

const [kind = 'http', variant = 'reused', keyFile = '', certFile = ''] = process.argv.slice(2);

const listener: RequestListener = (_, response) => {
  if (variant === 'fresh') response.setHeader('connection', 'close');
  response.setHeader('content-length', 2);
  response.end('ok');
};
const scheme = kind === 'https' ? 'https' : 'http';
const count = Number(variant) || 1;
const urls = await Promise.all(
  Array.from({ length: count }, async () => {
    const server = serverOf().listen(0, '127.0.0.1', 4_096);
    await once(server, 'listening');
    return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }),
);
process.stdout.write(`${urls.join(' ')}\n`);
process.stdin.resume().once('end', () => process.exit(0));

function serverOf() {
  if (kind === 'hole') return createTcpServer((socket) => socket.resume().on('error', () => undefined));
  const settings = { keepAliveTimeout: 120_000 };
  if (kind === 'http') return createServer(settings, listener);
  return createSecureServer({ ...settings, key: readFileSync(keyFile), cert: readFileSync(certFile) }, listener);
}
