import type { Writable } from 'node:stream';

/**
 * Calls `end` when output can no longer be written; without a message if the reader is gone, as in `… | head -1`.
 * Otherwise Node would exit with a stack trace.
 */
export function endWhenOutputCloses(output: Writable, end: (why: string) => void): void {
  output.on('error', ({ code, message }: NodeJS.ErrnoException) =>
    end(code === 'EPIPE' ? '' : `standard output cannot be written: ${message}\n`),
  );
}
