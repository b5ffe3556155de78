import { type DestinationStream, pino } from 'pino';

/** Bytes of lines that may wait: a minute of a busy app, some hours of an idle one. */
const MOST_WAITING = 4 * 1_048_576;

/**
 * The destination of a log: standard output if `fd` is absent. An app goes on working when it cannot write. On a full disk,
 * or if nobody reads, lines wait and are written with the next one. Lines beyond MOST_WAITING are lost.
 */
export function standardOutput(fd?: number): DestinationStream {
  const output = pino.destination({ ...(fd === undefined ? {} : { dest: fd }), sync: false, maxLength: MOST_WAITING });
  let isFailing = false;
  output.on('error', () => (isFailing = true));
  output.on('write', () => (isFailing = false));
  // pino flushes when the process ends, and would retry for as long as there is no room.
  const flush = output.flushSync.bind(output);
  output.flushSync = () => (isFailing ? undefined : flush());
  return output;
}
