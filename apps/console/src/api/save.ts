import { type Call, request } from './call';

/** Asks for what a plain link could not, since it sends no headers, and lets the browser save it. Throws ApiProblem. */
export async function save(url: string, fileName: string, call: Call): Promise<void> {
  const response = await request(url, call);
  const object = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = object;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(object);
}
