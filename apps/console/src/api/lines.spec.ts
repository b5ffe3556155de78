import { takeLines } from './lines';

const LIMITS = { keep: 2, keepCharacters: 1_000, count: 10 };

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `${JSON.stringify({ index, text: 'naïve – 漢字' })}\n`).join('');
}

describe('takeLines', () => {
  it.each([1, 2, 7, 64, 10_000])('keeps the first lines and counts the others, in pieces of %d bytes', async (size) => {
    const taken = await takeLines(inPieces(lines(5), size), LIMITS);
    expect(taken).toEqual({
      kept: [
        { index: 0, text: 'naïve – 漢字' },
        { index: 1, text: 'naïve – 漢字' },
      ],
      more: 3,
      complete: true,
    });
  });

  it('reads nothing from an empty response', async () => {
    expect(await takeLines(inPieces('', 8), LIMITS)).toEqual({ kept: [], more: 0, complete: true });
  });

  it('keeps no more characters than allowed, but at least one line', async () => {
    const taken = await takeLines(inPieces(lines(3), 5), { ...LIMITS, keepCharacters: 1 });
    expect(taken).toMatchObject({ kept: [{ index: 0 }], more: 2 });
  });

  it('stops counting at its limit', async () => {
    const taken = await takeLines(inPieces(lines(50), 64), LIMITS);
    expect(taken).toMatchObject({ more: 8, complete: false });
  });
});
