import { ApiProblem } from '../api/problem';

/** The API's messages for the field at `path` and for anything inside it: `tags[1]` belongs to `tags`. */
export function messagesAt(error: Error | null, path: string): string[] {
  if (!(error instanceof ApiProblem)) return [];
  return error.details.filter(({ field }) => owns(path, field)).map(({ field, message }) => told(field, path, message));
}

/** Returns a test for whether a field's error is shown beside one of the controls. */
export function isShownAt(paths: readonly string[]): (field: string) => boolean {
  return (field) => paths.some((path) => owns(path, field));
}

function owns(path: string, field: string): boolean {
  return field === path || field.startsWith(`${path}[`) || field.startsWith(`${path}.`);
}

function told(field: string, path: string, message: string): string {
  const index = /^\[(\d+)\]$/.exec(field.slice(path.length))?.[1];
  if (index !== undefined) return `entry ${Number(index) + 1} ${message}`;
  return field === path ? message : `${field.slice(path.length)} ${message}`;
}
