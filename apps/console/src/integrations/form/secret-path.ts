import { ApiProblem } from '../../api/problem';

/**
 * The path of a secret as it stands in a URL. Throws ApiProblem for what the browser would take as steps upwards and
 * resolve, so that the secret came to lie elsewhere, or another endpoint got it.
 */
export function segmentsOf(path: string): string {
  const segments = path.split('/');
  if (segments.every((segment) => !/^\.{1,2}$/.test(segment))) return segments.map(encodeURIComponent).join('/');
  const message = 'must not contain . or .. as a part';
  throw new ApiProblem(400, 'Invalid request', 'The path cannot be used.', null, [{ field: 'path', message }]);
}
