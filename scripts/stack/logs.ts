import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { prettyFactory } from 'pino-pretty';

const COLOURS = [36, 35, 33] as const;
const LONGEST_NAME = 'annotation-dispatcher'.length;

/** Prints the output of several processes as one readable log. JSON lines of pino are formatted for people. */
export function mergeLogs(children: ReadonlyMap<string, ChildProcess>, write: (line: string) => void): void {
  const colour = process.stdout.isTTY === true;
  const pretty = prettyFactory({
    colorize: colour,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,app,context,reqId',
  });
  let index = 0;
  for (const [name, child] of children) {
    const label = name.padEnd(LONGEST_NAME);
    const code = COLOURS[index++ % COLOURS.length];
    const prefix = colour ? `\u001b[${code}m${label}\u001b[0m` : label;
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => write(`${prefix} ${readable(line, pretty)}`));
    }
  }
}

function readable(line: string, pretty: (line: string) => string): string {
  return line.startsWith('{') ? pretty(line).trimEnd() : line;
}
