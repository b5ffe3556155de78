import { ApiProblem } from '../api/problem';

/** What the API says of the field at `path`, and of what is in it: `tags[1]` belongs to `tags`. */
export function messagesAt(error: Error | null, path: string): string[] {
  if (!(error instanceof ApiProblem)) return [];
  return error.details.filter(({ field }) => owns(path, field)).map(({ field, message }) => told(field, path, message));
}

/** Whether an error is shown beside one of the controls. */
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
