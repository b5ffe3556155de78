import { encodeJson, parseJson } from './json';

describe('parseJson', () => {
  it('reads back what encodeJson wrote', () => {
    expect(parseJson(encodeJson({ text: 'ä€😀' }))).toEqual({ ok: true, value: { text: 'ä€😀' } });
  });

  it.each([
    ['an empty body', [], 'must be a JSON object, not empty'],
    ['a body that is not UTF-8', [0x22, 0xff, 0x22], 'must be JSON in UTF-8'],
  ])('names the problem with %s', (_what, bytes, message) => {
    expect(parseJson(Uint8Array.from(bytes))).toEqual({ ok: false, message });
  });

  it('does not quote a body that is not JSON', () => {
    const parsed = parseJson(new TextEncoder().encode('{"token": ghp_secret'));
    expect(parsed).toEqual({ ok: false, message: 'must be valid JSON' });
  });

  it('reports deeply nested JSON as invalid', () => {
    expect(parseJson(new TextEncoder().encode('['.repeat(1_000_000)))).toMatchObject({ ok: false });
  });
});
