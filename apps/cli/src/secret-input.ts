import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { CommandError } from './command';

type Input = Pick<NodeJS.ReadStream, 'isTTY'> & NodeJS.ReadableStream;

/** Reads a secret from standard input. At a terminal, what is typed or pasted is not shown. */
export async function secretFrom(input: Input, say: (text: string) => void): Promise<string> {
  if (!input.isTTY) return textOf(await buffer(input));
  say('Type or paste the secret; it is not shown. Finish with Enter and Ctrl-D.\n');
  return unseen(input);
}

/** Reads until Ctrl-D, because a private key has many lines. If only one was read, the shell would run the others. */
async function unseen(terminal: Input): Promise<string> {
  const output = new Writable({ write: (_shown, _encoding, done) => done() });
  const typed = createInterface({ input: terminal, output, terminal: true, historySize: 0 });
  // By default, readline would treat Ctrl-C like Ctrl-D, and the secret would be stored.
  typed.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const lines: string[] = [];
  for await (const line of typed) lines.push(line);
  return lines.join('\n');
}

/** Decodes UTF-8. Other bytes are refused, because they would be stored changed. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CommandError('a secret must be text: standard input is not UTF-8');
  }
}
