import { digestOf, TextDigests } from './text-digests';

it('TextDigests gives equal parts the same digest anywhere in a text, and different parts different ones', () => {
  const text = 'abcabc\u{1F511}ä0\0\0';
  const digests = new TextDigests(text);
  const byPart = new Map<string, number>();
  for (let from = 0; from < text.length; from += 1) {
    for (let to = from + 1; to <= text.length; to += 1) {
      const digest = digests.of(from, to);
      expect(digest).toBe(digestOf(text.slice(from, to)));
      byPart.set(text.slice(from, to), digest);
    }
  }
  // A text of NULs alone hashes to 0 at any length, so users of digests compare the lengths too.
  const others = [...byPart].filter(([part]) => !/^\0+$/.test(part));
  expect(new Set(others.map(([, digest]) => digest)).size).toBe(others.length);
});
