import { type DestinationStream, pino } from 'pino';

/** Bytes: a minute of a busy app, some hours of an idle one. */
const MOST_WAITING = 4 * 1_048_576;

/**
 * Where a log goes: standard output, if `fd` is absent. An app works on though it cannot be written. On a full disk, or where
 * nobody reads, lines wait to be written behind the next, and beyond the most that may wait they are lost.
 */
export function standardOutput(fd?: number): DestinationStream {
  const output = pino.destination({ ...(fd === undefined ? {} : { dest: fd }), sync: false, maxLength: MOST_WAITING });
  let isFailing = false;
  output.on('error', () => (isFailing = true));
  output.on('write', () => (isFailing = false));
  // Asked for when a process ends, it would try for as long as there is no room.
  const flush = output.flushSync.bind(output);
  output.flushSync = () => (isFailing ? undefined : flush());
  return output;
}
