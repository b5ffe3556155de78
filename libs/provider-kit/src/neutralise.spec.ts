import { markedBody, markerOf } from './marked-body';
import { neutralise } from './neutralise';

describe('neutralise', () => {
  it('leaves ordinary Markdown unchanged', () => {
    const body = [
      '# Résumé – 結果 😀 👩‍👩‍👧',
      '<!-- a comment --> <details>\t<b>x</b></details> @alice #12 /merge',
      '```ts\r\nconst integrations: string[] = [];\r\n```',
      'שלום\u200f (world)\u200e',
    ].join('\n');
    expect(neutralise(body)).toBe(body);
  });

  it.each(['\0', '\b', '\u001b', '\u007f', '\u0085', '\u202e', '\u2066', '\u2069'])('removes %j', (character) => {
    expect(neutralise(`a${character}b`)).toBe('ab');
  });

  it('replaces half a surrogate pair', () => {
    expect(neutralise('a\ud800b')).toBe('a\ufffdb');
  });

  it.each([
    '<!-- integrations:abc v1 -->',
    '<!--integrations:abc-->',
    '<!--\n\tINTEGRATIONS:abc -->',
    '<!-- inte\u202egrations:abc -->',
    '<!\0-- integrations:abc -->',
  ])('defuses the HTML comment marker in %j', (body) => {
    expect(neutralise(body).toLowerCase()).not.toMatch(/<!--\s*integrations:/);
    expect(neutralise(body)).toContain('<!--');
  });

  it.each(['[//]: # (integrations:abc)', '[//]:#(integrations:abc)', '[//]: #\n(\tIntegrations:abc)'])(
    'defuses the link definition marker in %j',
    (body) => expect(neutralise(body).toLowerCase()).not.toContain('integrations:'),
  );

  it.each(['html_comment', 'link_definition'] as const)('defuses a marker that markedBody writes: %s', (form) => {
    const { body } = markedBody('x', 'abc', { max: 1_000, unit: 'characters' }, form);
    expect(markerOf(body)).toBe('abc');
    expect(markerOf(neutralise(body))).toBeNull();
  });
});
