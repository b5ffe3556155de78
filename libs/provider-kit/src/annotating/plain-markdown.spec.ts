import { plainText, withoutHtml } from './plain-markdown';

describe('withoutHtml', () => {
  it('replaces details with their content, and removes comments', () => {
    const folded = '<details>\n<summary>More</summary>\n\n| a |\n\n</details>\nDone.<!-- x\ny -->\nEnd<!-- z';

    expect(withoutHtml(folded)).toBe('**More**\n\n| a |\n\nDone.\nEnd');
  });

  it('leaves code unchanged', () => {
    const code = '```html\n<details>\n```js\n<!-- x -->\n```\n> ~~~\n> ```\n> </details>\n> ~~~';

    expect(withoutHtml(`${code}\n<details>\nEnd \`<!-- x -->\`\n${code}`)).toBe(`${code}\nEnd \`<!-- x -->\`\n${code}`);
  });

  it('leaves text without HTML unchanged', () => {
    expect(withoutHtml('a < b\n\n* c\n\n')).toBe('a < b\n\n* c\n\n');
  });
});

describe('plainText', () => {
  it('turns tables, headings and links into words', () => {
    const summary =
      '### ✅ SAST: **passed**\n\n| High | Low |\n| --- | :--- |\n| 1 | |\n\n---\n\n[`eval`](https://a.example) at `a.ts:1`\n\n\n_Cut off._';

    expect(plainText(summary)).toBe('✅ SAST: passed\n\nHigh · Low\n1\n\neval at a.ts:1\n\nCut off.');
  });

  it('undoes escapes, and removes HTML', () => {
    expect(plainText('@&#8203;all &lt;b&gt; \\_x\\_ a\\|b')).toBe('@all <b> _x_ a|b');
    expect(plainText('<details>\n<summary>More</summary>\nx<!-- y -->\n```ts\ncode\n```\n</details>')).toBe(
      'More\nx\ncode',
    );
  });
});

// A pattern that backtracks would take minutes here.
it.each(['<!--', '<summary>', '[', '[a](', ' ', '|', '-', '`', '\n', '>', '&', '\\', '_', '**'])(
  'A text that repeats only %j is processed at once',
  (part) => {
    const text = part.repeat(200_000 / part.length);

    expect(withoutHtml(text).length).toBeLessThanOrEqual(text.length);
    expect(plainText(text).length).toBeLessThanOrEqual(text.length);
  },
);
