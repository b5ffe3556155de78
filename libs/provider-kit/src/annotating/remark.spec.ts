import { processorTime } from '../../../../test/support/processor-time';
import { isSuggestion } from './remark';

describe('isSuggestion', () => {
  const remarkOf = (body: string) => ({
    comment: { fingerprint: 'f', path: 'a.ts', startLine: 1, endLine: 1, body },
    marker: 'm',
  });

  it.each(['```suggestion\nx\n```', 'Better:\r\n\r\n  ~~~~suggestion\r\nx', '> > ```suggestion\nx'])(
    'accepts a suggestion block: %j',
    (body) => {
      expect(isSuggestion(remarkOf(body))).toBe(true);
    },
  );

  it.each(['a ```suggestion', '```suggestions', '```suggestion:-0+1', '``suggestion'])('rejects %j', (body) => {
    expect(isSuggestion(remarkOf(body))).toBe(false);
  });

  it.each(['\n', '\r\n', '\u2028', '>\n'])(
    'tests each line once, instead of rescanning from each of many %j',
    (line) => {
      const spent = processorTime();
      expect(isSuggestion(remarkOf(line.repeat(60_000)))).toBe(false);
      expect(spent()).toBeLessThan(1_500);
    },
  );
});
