import { Refusal } from '../refusal';
import { etagOf, expectMatch, requireMatch } from './etag';

describe('If-Match', () => {
  it.each([
    ['"g3"', 3, true],
    ['"g3"', 4, false],
    ['"g1", "g3"', 3, true],
    ['*', 7, true],
    ['"something-else"', 3, false],
    ['W/"something-else"', 3, false],
  ])('%s against generation %i matches: %s', (header, generation, matches) => {
    expect(requireMatch(header)(generation)).toBe(matches);
  });

  it.each(['W/"g3"', '"g3-gzip"', '"g3-zstd"'])(
    'matches %s, as a proxy that compresses answers writes "g3"',
    (header) => {
      expect(requireMatch(header)(3)).toBe(true);
      expect(requireMatch(header)(4)).toBe(false);
    },
  );

  it.each(['g3', '"g3', 'W/g3', '', '"g3",', '*, "g3"'])('refuses %j, which is not an ETag', (header) => {
    expect(() => requireMatch(header)).toThrow(expect.objectContaining({ errorCode: 'invalid_request' }));
  });

  it('is required only on routes that require it', () => {
    expect(() => requireMatch(undefined)).toThrow(Refusal);
    expect(() => requireMatch(undefined)).toThrow(expect.objectContaining({ errorCode: 'precondition_required' }));
    expect(expectMatch(undefined)(9)).toBe(true);
  });

  it('compares with the ETag of the current generation', () => {
    expect(etagOf(12)).toBe('"g12"');
  });
});
