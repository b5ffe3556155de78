import { ApiProblem } from '../../api/problem';
import { segmentsOf } from './secret-path';

describe('segmentsOf', () => {
  it('keeps the parts apart and what is in them', () => {
    expect(segmentsOf('github/acme key?#1')).toBe('github/acme%20key%3F%231');
    expect(segmentsOf('..hidden/a.b')).toBe('..hidden/a.b');
  });

  it.each(['../integrations', 'a/../b', 'a/.', '.'])('takes no step upwards: %s', (path) => {
    expect(() => segmentsOf(path)).toThrow(ApiProblem);
  });
});
