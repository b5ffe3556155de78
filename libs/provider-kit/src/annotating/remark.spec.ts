import { processorTime } from '../../../../test/support/processor-time';
import { isSuggestion } from './remark';

describe('a suggestion', () => {
  const remarkOf = (body: string) => ({
    comment: { fingerprint: 'f', path: 'a.ts', startLine: 1, endLine: 1, body },
    marker: 'm',
  });

  it.each(['```suggestion\nx\n```', 'Better:\r\n\r\n  ~~~~suggestion\r\nx', '> > ```suggestion\nx'])(
    'is a block of that name: %j',
    (body) => {
      expect(isSuggestion(remarkOf(body))).toBe(true);
    },
  );

  it.each(['a ```suggestion', '```suggestions', '```suggestion:-0+1', '``suggestion'])('is not %j', (body) => {
    expect(isSuggestion(remarkOf(body))).toBe(false);
  });

  it.each(['\n', '\r\n', '\u2028', '>\n'])('is looked for once in a line, and not from each of many %j', (line) => {
    const spent = processorTime();
    expect(isSuggestion(remarkOf(line.repeat(60_000)))).toBe(false);
    expect(spent()).toBeLessThan(1_500);
  });
});
