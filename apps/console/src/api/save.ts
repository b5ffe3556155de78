import type { Call } from './call';
import { chunksOf } from './chunks';

/** Asks for what a plain link could not, since it sends no headers, and lets the browser save it. Throws ApiProblem. */
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
