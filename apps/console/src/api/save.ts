import type { Call } from './call';
import { chunksOf } from './chunks';

/** Downloads a file with the headers that a plain link cannot send, and lets the browser save it. Throws ApiProblem. */
export async function save(url: string, fileName: string, call: Call): Promise<void> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunksOf(url, call)) chunks.push(chunk);
  const object = URL.createObjectURL(new Blob(chunks));
  const link = document.createElement('a');
  link.href = object;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(object);
}
