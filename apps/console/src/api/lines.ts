import type { Call } from './call';
import { chunksOf } from './chunks';

export interface Limits {
  /** The most lines to parse; the others are only counted. */
  readonly keep: number;
  /** The most characters of these lines, even if there are fewer of them then. */
  readonly keepCharacters: number;
  /** The most lines to count. The rest of the response is not read. */
  readonly count: number;
}

export interface Lines<T> {
  readonly kept: readonly T[];
  /** Number of further lines. */
  readonly more: number;
  /** False if there are even more lines than counted. */
  readonly complete: boolean;
}

/** Reads an NDJSON response of any size, up to the limits. Throws ApiProblem. */
export function readLines<T>(url: string, call: Call, limits: Limits): Promise<Lines<T>> {
  return takeLines<T>(chunksOf(url, call), limits);
}

/** The first lines of a text in chunks. Each line ends with a line feed. */
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
      // Only count: no further line is decoded.
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
