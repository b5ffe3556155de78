import { ApiProblem } from '../../api/problem';

/**
 * The path of a secret, encoded for a URL. Throws ApiProblem for `.` and `..` segments: the browser would resolve them,
 * and the secret would be stored elsewhere or sent to another endpoint.
 */
export function segmentsOf(path: string): string {
  const segments = path.split('/');
  if (segments.every((segment) => !/^\.{1,2}$/.test(segment))) return segments.map(encodeURIComponent).join('/');
  const message = 'must not contain . or .. as a segment';
  throw new ApiProblem(400, 'Invalid request', 'The path cannot be used.', null, [{ field: 'path', message }]);
}
