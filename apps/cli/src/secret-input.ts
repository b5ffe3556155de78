import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { CommandError } from './command';

type Input = Pick<NodeJS.ReadStream, 'isTTY'> & NodeJS.ReadableStream;

/** What is sent to it; of a terminal what is typed or pasted there, which is not shown. */
export async function secretFrom(input: Input, say: (text: string) => void): Promise<string> {
  if (!input.isTTY) return textOf(await buffer(input));
  say('Type or paste the secret, which is not shown. Enter, then Ctrl-D ends it.\n');
  return unseen(input);
}

/** Until Ctrl-D, for a private key has many lines: what is pasted beyond the first would go to the shell. */
async function unseen(terminal: Input): Promise<string> {
  const output = new Writable({ write: (_shown, _encoding, done) => done() });
  const typed = createInterface({ input: terminal, output, terminal: true, historySize: 0 });
  // Otherwise it would end there as after Ctrl-D.
  typed.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const lines: string[] = [];
  for await (const line of typed) lines.push(line);
  return lines.join('\n');
}

/** What is not text would be kept with other bytes than it has. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CommandError('a secret must be text: standard input is not UTF-8');
  }
}
