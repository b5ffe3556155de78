import type { Call } from './call';
import { chunksOf } from './chunks';

export interface Limits {
  /** How many lines are read; the others are only counted. */
  readonly keep: number;
  /** And no more of them than this many characters, however few that are. */
  readonly keepCharacters: number;
  /** How many are counted before the rest is left unread. */
  readonly count: number;
}

export interface Lines<T> {
  readonly kept: readonly T[];
  /** How many there are beside them. */
  readonly more: number;
  /** False: there are even more than that. */
  readonly complete: boolean;
}

/** Reads an answer in NDJSON as far as the limits go, whatever its size. Throws ApiProblem. */
export function readLines<T>(url: string, call: Call, limits: Limits): Promise<Lines<T>> {
  return takeLines<T>(chunksOf(url, call), limits);
}

/** The first lines of a text in pieces, each of which ends in a line feed. */
export async function takeLines<T>(chunks: AsyncIterable<Uint8Array>, limits: Limits): Promise<Lines<T>> {
  const { keep, keepCharacters, count } = limits;
  const decoder = new TextDecoder();
  const kept: T[] = [];
  let characters = 0;
  let more = 0;
  let begun = '';
  const take = (line: string) => {
    if (kept.length >= keep || characters >= keepCharacters) more += 1;
    else kept.push(JSON.parse(line) as T);
    characters += line.length;
  };
  for await (const chunk of chunks) {
    if (more > 0) {
      // Nothing is decoded any more.
      more += lineFeedsIn(chunk);
    } else {
      const lines = (begun + decoder.decode(chunk, { stream: true })).split('\n');
      begun = lines.pop() ?? '';
      lines.forEach(take);
    }
    if (kept.length + more > count) return { kept, more: count - kept.length, complete: false };
  }
  return { kept, more, complete: true };
}

function lineFeedsIn(chunk: Uint8Array): number {
  let found = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) found += 1;
  return found;
}
