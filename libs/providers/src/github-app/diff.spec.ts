import { Diff } from './diff';

const patch = [
  '@@ -1,3 +1,4 @@ function shop() {',
  ' one',
  '-two',
  '+2',
  '+2b',
  ' three',
  '@@ -20 +21,0 @@',
  '-gone',
  '@@ -40,2 +40,3 @@',
  ' forty',
  '+@@ -1,1 +100,200 @@ looks like a header',
  ' forty-one',
  '\\ No newline at end of file',
].join('\n');

describe('Diff', () => {
  const diff = new Diff([
    { filename: 'shop.ts', patch },
    { filename: 'logo.png' },
    { filename: 'empty.ts', patch: '' },
  ]);
  const spot = (startLine: number, endLine = startLine, exact = false) =>
    diff.spotFor('shop.ts', { startLine, endLine }, exact);

  it.each([
    [1, 1],
    [4, 4],
    [1, 4],
    [40, 42],
  ])('shows lines %d to %d', (startLine, endLine) => {
    expect(spot(startLine, endLine)).toEqual({ at: 'lines', lines: { startLine, endLine }, reason: null });
  });

  it.each([5, 20, 21, 39, 43, 100])('does not show line %d', (line) => {
    expect(spot(line)).toEqual({ at: 'file', reason: 'the diff does not show the line' });
  });

  it('goes as near as it can to lines that it shows in part', () => {
    expect(spot(3, 10)).toEqual({
      at: 'lines',
      lines: { startLine: 3, endLine: 4 },
      reason: 'of its lines the diff shows 3 to 4',
    });
    expect(spot(30, 40)).toMatchObject({ lines: { startLine: 40, endLine: 40 }, reason: expect.stringMatching(/40$/) });
  });

  it('stays within one hunk', () => {
    expect(spot(4, 41)).toMatchObject({ lines: { startLine: 4, endLine: 4 } });
  });

  it('takes exact lines as a whole or not at all', () => {
    expect(spot(3, 4, true)).toMatchObject({ at: 'lines', reason: null });
    expect(spot(3, 10, true)).toEqual({ at: 'file', reason: 'the diff does not show all of its lines' });
  });

  it.each(['logo.png', 'empty.ts'])('knows that %s changed, but none of its lines', (path) => {
    expect(diff.spotFor(path, { startLine: 1, endLine: 1 }, false)).toMatchObject({ at: 'file' });
  });

  it('has no place for a file that did not change', () => {
    expect(diff.spotFor('other.ts', { startLine: 1, endLine: 1 }, false)).toEqual({
      at: 'nowhere',
      reason: 'the pull request does not change the file',
    });
  });
});
