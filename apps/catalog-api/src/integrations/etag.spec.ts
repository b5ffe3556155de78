import { Refusal } from '../refusal';
import { etagOf, expectMatch, requireMatch } from './etag';

describe('If-Match', () => {
  it.each([
    ['"g3"', 3, true],
    ['"g3"', 4, false],
    ['"g1", "g3"', 3, true],
    ['*', 7, true],
    ['W/"g3"', 3, false],
    ['"something-else"', 3, false],
  ])('%s against generation %i: %s', (header, generation, matches) => {
    expect(requireMatch(header)(generation)).toBe(matches);
  });

  it.each(['g3', '"g3', 'W/g3', '', '"g3",', '*, "g3"'])('refuses %j as no ETag', (header) => {
    expect(() => requireMatch(header)).toThrow(expect.objectContaining({ errorCode: 'invalid_request' }));
  });

  it('is asked for where it is required, and there only', () => {
    expect(() => requireMatch(undefined)).toThrow(Refusal);
    expect(() => requireMatch(undefined)).toThrow(expect.objectContaining({ errorCode: 'precondition_required' }));
    expect(expectMatch(undefined)(9)).toBe(true);
  });

  it('is answered by the ETag of the present generation', () => {
    expect(etagOf(12)).toBe('"g12"');
  });
});
