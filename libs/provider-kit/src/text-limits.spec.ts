import * as fc from 'fast-check';
import { processorTime } from '../../../test/support/processor-time';
import { truncate, truncateLine } from './text-limits';

const characters = (max: number) => ({ field: 'body', max, unit: 'characters' }) as const;
const bytes = (max: number) => ({ field: 'body', max, unit: 'bytes' }) as const;
const sizeOf = {
  characters: (text: string) => [...text].length,
  utf16_units: (text: string) => text.length,
  bytes: (text: string) => Buffer.byteLength(text),
};

describe('truncate', () => {
  it('leaves a text within the limit unchanged', () => {
    expect(truncate('1234567890', characters(10))).toEqual({ text: '1234567890', truncation: null });
    expect(truncate('😀'.repeat(10), characters(10)).truncation).toBeNull();
    expect(truncate('😀'.repeat(10), bytes(40)).truncation).toBeNull();
  });

  it('cuts a text above the limit, and says so in the text and in the report', () => {
    const { text, truncation } = truncate('x'.repeat(70_000), { ...characters(65_536), note: '*cut*' });
    expect(text).toBe(`${'x'.repeat(65_529)}\n\n*cut*`);
    expect(truncation).toEqual({ field: 'body', was: 70_000, now: 65_536, unit: 'characters' });
  });

  it("counts in the vendor's unit", () => {
    const text = 'ä'.repeat(100);
    expect(truncate(text, { ...characters(60), note: '!' }).text).toBe(`${'ä'.repeat(57)}\n\n!`);
    expect(truncate(text, { ...bytes(60), note: '!' }).text).toBe(`${'ä'.repeat(28)}\n\n!`);
    const units = { field: 'body', max: 60, unit: 'utf16_units' } as const;
    expect(truncate(text, { ...units, note: '!' }).text).toBe(`${'ä'.repeat(57)}\n\n!`);
    expect(truncate('😀'.repeat(31), { ...units, note: '!' })).toEqual({
      text: `${'😀'.repeat(28)}\n\n!`,
      truncation: { field: 'body', was: 62, now: 59, unit: 'characters' },
    });
  });

  it('cuts at a line end if one is near', () => {
    const rows = Array.from({ length: 100 }, (_, i) => `| row ${i} | value |`).join('\n');
    const { text } = truncate(rows, { ...characters(500), note: 'cut' });
    expect(text).toMatch(/\| value \|\n\ncut$/);
  });

  it.each([
    ['a fence', `intro\n\`\`\`ts\n${'code\n'.repeat(50)}`, /code\n```\n\nnote$/],
    ['a longer fence around a shorter one', `\`\`\`\`md\n\`\`\`\n${'code\n'.repeat(50)}`, /code\n````\n\nnote$/],
    ['a tilde fence', `~~~\n${'code\n'.repeat(50)}`, /code\n~~~\n\nnote$/],
    ['a fence in a list', `- item\n  \`\`\`\n  ${'code\n'.repeat(50)}`, /code\n```\n\nnote$/],
    ['details', `<details><summary>s</summary>\n\n${'text\n'.repeat(50)}`, /text\n\n<\/details>\n\nnote$/],
    ['nested details', `<details>\n<DETAILS open>\n${'text\n'.repeat(50)}`, /text\n\n<\/details><\/details>\n\nnote$/],
    ['a fence within details', `<details>\n\n\`\`\`\n${'code\n'.repeat(50)}`, /code\n```\n\n<\/details>\n\nnote$/],
    ['a comment', `a <!-- ${'hidden\n'.repeat(50)}`, /hidden\n-->\n\nnote$/],
  ])('closes %s', (_, open, expected) => {
    expect(truncate(open, { ...characters(150), note: 'note' }).text).toMatch(expected);
  });

  it.each([
    ['a closed fence', `\`\`\`\ncode\n\`\`\`\n${'text\n'.repeat(50)}`],
    ['closed details', `<details>x</details>\n${'text\n'.repeat(50)}`],
    ['details that are code', `\`<details>\` and\n\`\`\`\n<details>\n\`\`\`\n${'text\n'.repeat(50)}`],
    ['details in a comment', `<!-- <details> -->\n${'text\n'.repeat(50)}`],
    ['inline code of three backticks', `\`\`\`a\`\`\` b\n${'text\n'.repeat(50)}`],
  ])('adds nothing after %s', (_, closed) => {
    expect(truncate(closed, { ...characters(150), note: 'note' }).text).toMatch(/text\n\nnote$/);
  });

  it('omits the note if it does not fit', () => {
    expect(truncate('abcdefghij', { ...characters(5), note: 'long note' }).text).toBe('abcde');
    expect(truncate('abc', characters(0)).text).toBe('');
    expect(truncate('😀😀', bytes(5)).text).toBe('😀');
  });

  it('never exceeds the limit, never breaks a code point, and reports true sizes', () => {
    const piece = fc.constantFrom(
      'a',
      'ä',
      '漢',
      '😀',
      '\n',
      '```',
      '~~~~',
      '<details>',
      '</details>',
      '<!--',
      '-->',
      ' ',
    );
    const text = fc.array(piece, { maxLength: 300 }).map((pieces) => pieces.join(''));
    const unit = fc.constantFrom('characters' as const, 'utf16_units' as const, 'bytes' as const);
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 400 }), unit, (input, max, unit) => {
        const { text: output, truncation } = truncate(input, { field: 'f', max, unit, note: 'note' });
        expect(sizeOf[unit](output)).toBeLessThanOrEqual(Math.max(max, 0));
        expect(output.isWellFormed()).toBe(true);
        if (truncation === null) expect(output).toBe(input);
        else expect(truncation).toMatchObject({ was: sizeOf[unit](input), now: sizeOf[unit](output) });
      }),
      { numRuns: 500 },
    );
  });

  it('handles ten megabytes quickly, however they nest', () => {
    const spent = processorTime();
    for (const piece of ['<details>\n', '```\n', '<!-- ', '> > > ', '    ', '`'])
      truncate(piece.repeat(10_000_000 / piece.length), characters(65_536));
    expect(spent()).toBeLessThan(5_000);
  });
});

describe('truncateLine', () => {
  const status = { field: 'description', max: 140, unit: 'characters' } as const;

  it('joins all lines into one', () => {
    expect(truncateLine(' two\r\n lines\tand\u00a0blanks ', status).text).toBe('two lines and blanks');
  });

  it('removes what is invisible or reorders the text', () => {
    const { text, truncation } = truncateLine(`\u202e${'a\u001b'.repeat(140)}`, status);
    expect({ text, truncation }).toEqual({ text: 'a'.repeat(140), truncation: null });
  });

  it('ends a cut text with an ellipsis, within the limit', () => {
    const { text, truncation } = truncateLine('word '.repeat(40), status);
    expect(text).toMatch(/word…$/);
    expect(truncation).toEqual({ field: 'description', was: 199, now: [...text].length, unit: 'characters' });
    expect(truncateLine('😀'.repeat(141), status).text).toBe(`${'😀'.repeat(139)}…`);
    expect(truncateLine('😀'.repeat(141), { ...status, unit: 'bytes' }).text).toBe(`${'😀'.repeat(34)}…`);
  });

  it('omits the ellipsis if it does not fit', () => {
    expect(truncateLine('abc', { ...status, max: 2, unit: 'bytes' }).text).toBe('ab');
    expect(truncateLine('abc', { ...status, max: 0 }).text).toBe('');
  });
});
