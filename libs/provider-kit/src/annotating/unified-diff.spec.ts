import { type DiffLine, UnifiedDiff } from './unified-diff';

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

const file = (path: string, text: string) => ({ path, oldPath: path, isDeleted: false, patch: text });
const gone = { ...file('gone.ts', '@@ -1,3 +0,0 @@\n-one\n-two\n-three\n'), isDeleted: true };

describe('UnifiedDiff', () => {
  const diff = new UnifiedDiff([file('shop.ts', patch), file('logo.png', ''), gone]);
  /** `[from, to, reason]` on the new side for lines; otherwise the spot itself. */
  const spot = (startLine: number, endLine = startLine, exact = false) => {
    const found = diff.spotFor('shop.ts', { startLine, endLine }, exact);
    return found.at === 'lines' ? [found.lines[0].new, found.lines.at(-1)!.new, found.reason] : found;
  };

  it.each([
    [1, 1],
    [4, 4],
    [1, 4],
    [40, 42],
  ])('shows lines %d to %d', (startLine, endLine) => {
    expect(spot(startLine, endLine)).toEqual([startLine, endLine, null]);
  });

  it.each([5, 20, 21, 39, 43, 100])('does not show line %d', (line) => {
    expect(spot(line)).toMatchObject({ at: 'file', reason: 'the diff does not show the line' });
  });

  it('gives each line its number on both sides', () => {
    const found = diff.spotFor('shop.ts', { startLine: 1, endLine: 4 }, true);
    expect(found).toHaveProperty('lines', [
      { old: 1, new: 1, kind: 'unchanged' },
      { old: 3, new: 2, kind: 'added' },
      { old: 3, new: 3, kind: 'added' },
      { old: 3, new: 4, kind: 'unchanged' },
    ] satisfies DiffLine[]);
  });

  it('reads hunks of any length', () => {
    const long = new UnifiedDiff([file('long.ts', '@@ -100,12 +200,14 @@\n one')]);
    expect(long.spotFor('long.ts', { startLine: 200, endLine: 200 }, true)).toMatchObject({ at: 'lines' });
  });

  it('counts the lines of a deleted file on its old side', () => {
    expect(diff.spotFor('gone.ts', { startLine: 2, endLine: 3 }, true)).toMatchObject({
      at: 'lines',
      lines: [
        { old: 2, kind: 'removed' },
        { old: 3, kind: 'removed' },
      ],
    });
  });

  it('falls back to the nearest visible lines of a range', () => {
    expect(spot(3, 10)).toEqual([3, 4, 'of its lines, the diff shows only 3 to 4']);
    expect(spot(30, 40)).toEqual([40, 40, 'of its lines, the diff shows only 40']);
  });

  it('stays within one hunk', () => {
    expect(spot(4, 41)).toEqual([4, 4, 'of its lines, the diff shows only 4']);
  });

  it('accepts an exact range only as a whole', () => {
    expect(spot(3, 4, true)).toEqual([3, 4, null]);
    expect(spot(3, 10, true)).toMatchObject({ at: 'file', reason: 'the diff does not show all of its lines' });
  });

  it('places remarks at a changed file none of whose lines it shows', () => {
    expect(diff.spotFor('logo.png', { startLine: 1, endLine: 1 }, false)).toMatchObject({ at: 'file' });
  });

  it('places nothing in an unchanged file', () => {
    expect(diff.spotFor('other.ts', { startLine: 1, endLine: 1 }, false)).toEqual({
      at: 'nowhere',
      reason: 'the pull request does not change the file',
    });
  });
});
