import { block, code, fence, inline, link, safeUrl } from './markdown';

describe('foreign text in Markdown', () => {
  it.each([
    ['mentions nobody', 'ask @octocat and @acme/team', 'ask @&#8203;octocat and @&#8203;acme/team'],
    ['refers to no issue', 'like #12, GH-7 and acme/shop#3', 'like #&#8203;12, GH-&#8203;7 and acme/shop#&#8203;3'],
    [
      'has no GitLab references',
      '!5 $6 ~bug %"v 1" &7',
      '!&#8203;5 \\$&#8203;6 \\~&#8203;bug %&#8203;"v 1" &amp;&#8203;7',
    ],
    ['has no GitLab issue references by name', 'GL-12', 'GL-&#8203;12'],
    ['has no emoji', 'app.js:100:5 and :bug:', 'app.js:&#8203;100:5 and :&#8203;bug:'],
    [
      'has no GitLab inline diff',
      '{- a -} [-b-] {+c+} [+-]',
      '{&#8203;- a -} \\[&#8203;-b-\\] {&#8203;+c+} \\[&#8203;+-\\]',
    ],
    ['has no HTML', '<img src=x> <!-- x -->', '&lt;img src=x&gt; &lt;!-- x --&gt;'],
    ['has no Markdown', '**a** _b_ [c](d) `e` |', '\\*\\*a\\*\\* \\_b\\_ \\[&#8203;c\\](d) \\`e\\` \\|'],
    ['links nowhere', 'http://a.example www.b.example', 'http:&#8203;//a.example www&#8203;.b.example'],
    ['is one line', ' a\n\n b\t', 'a b'],
  ])('%s', (_, text, markdown) => expect(inline(text)).toBe(markdown));

  it.each([
    ['quick actions', '/merge', '&#8203;/merge'],
    ['indented quick actions', '   /close', '&#8203;/close'],
    ['headings', '# a\n## b', '\\# a\n\\## b'],
    ['lists', '- a\n+ b\n1. c\n12) d', '\\- a\n\\+ b\n1\\. c\n12\\) d'],
    ['quotes', '> a', '&gt; a'],
    ['underlined headings', 'a\n===\n---', 'a\n\\===\n\\---'],
    ['code blocks', '    a\n```\nb', 'a\n\\`\\`\\`\nb'],
    ['tables', 'a | b\n--|--', 'a \\| b\n\\--\\|--'],
  ])('starts none of these with a line: %s', (_, text, markdown) => expect(block(text)).toBe(markdown));
});

describe('code', () => {
  it.each([
    ['a', '`a`'],
    ['a`b', '``a`b``'],
    ['`a``b', '``` `a``b ```'],
    ['a\nb', '`a b`'],
    [' a\n\n b\nc ', '`a b c`'],
    ['', ''],
  ])('contains %j whole', (text, markdown) => expect(code(text)).toBe(markdown));

  it('is plain text in a table if a pipe would end the cell', () => expect(code('a|b', 'table')).toBe('a\\|b'));

  it('is fenced with more backticks than it contains', () => expect(fence('```\nx')).toBe('````\n```\nx\n````'));
});

describe('a link', () => {
  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'no url', '//host/x'])(
    'is not made from %s',
    (url) => expect(link('rule', url)).toBe('rule'),
  );

  it.each(['https://github.com/acme/shop/issues/1', 'https://gitlab.com/acme/shop/-/merge_requests/2'])(
    'is not made from %s, because the vendor would report it as a mention',
    (url) => expect(safeUrl(url)).toBeNull(),
  );

  it('is dropped if it takes too much of a page', () => {
    expect(safeUrl(`https://a.example/${'x'.repeat(3_000)}`)).toHaveLength(3_018);
    expect(safeUrl(`https://a.example/${'x'.repeat(5_000)}`)).toBeNull();
  });

  // `URL.canParse` accepts such a host, but the constructor throws.
  it('is not made from an overlong host', () => expect(safeUrl(`http://${'HOST.'.repeat(4_000)}`)).toBeNull());

  it('may lead to an address without TLS', () => expect(safeUrl('http://a.example/x')).toBe('http://a.example/x'));

  it('cannot end early, and does not show userinfo', () => {
    expect(link('rule', 'https://me:hunter2@a.example/x(y)|z"')).toBe('[rule](https://a.example/x%28y%29%7cz%22)');
  });
});
