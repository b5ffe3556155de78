import type { Writable } from 'node:stream';

/**
 * Ends where what a command tells cannot be written any more: without a word where nobody reads on, as in `… | head -1`.
 * Otherwise Node would end with a stack trace.
 */
export function endUnheard(output: Writable, end: (why: string) => void): void {
  output.on('error', ({ code, message }: NodeJS.ErrnoException) =>
    end(code === 'EPIPE' ? '' : `standard output cannot be written: ${message}\n`),
  );
}
