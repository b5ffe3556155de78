import { ApiProblem } from '../../api/problem';
import { segmentsOf } from './secret-path';

describe('segmentsOf', () => {
  it('keeps the segments of a path separate and escapes their contents', () => {
    expect(segmentsOf('github/acme key?#1')).toBe('github/acme%20key%3F%231');
    expect(segmentsOf('..hidden/a.b')).toBe('..hidden/a.b');
  });

  it.each(['../integrations', 'a/../b', 'a/.', '.'])('refuses a path that leads upwards: %s', (path) => {
    expect(() => segmentsOf(path)).toThrow(ApiProblem);
  });
});
