import { connect } from 'node:net';

/** The protocol line and payload that publish a message with exactly these header bytes. */
export function hpub(subject: string, reply: string, headers: string, body: string): string {
  const head = Buffer.byteLength(headers);
  return `HPUB ${subject} ${reply} ${head} ${head + Buffer.byteLength(body)}\r\n${headers}${body}\r\n`;
}

/** Sends raw protocol commands to a NATS server, like a misbehaving client. Resolves when the server has processed them. */
export function speak(port: number, commands: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      if (!chunk.toString().includes('PONG')) return;
      socket.end();
      resolve();
    });
    socket.write(`CONNECT {"verbose":false,"headers":true}\r\n${commands}PING\r\n`);
  });
}
