import { type DiffFile, UnifiedDiff } from '@integrations/provider-kit';
import { atFile, atLines, type Version } from './positions';

const VERSION: Version = { id: 1, base_commit_sha: 'b', start_commit_sha: 'c', head_commit_sha: 'h' };
const changed: DiffFile = {
  ...{ path: 'new.ts', oldPath: 'old.ts', isDeleted: false },
  patch:
    '@@ -10,4 +10,5 @@ function\n same\n-gone\n+came\n+too\n also\n last\n@@ -40,2 +41,2 @@\n far\n-x\n+y\n\\ No newline at end of file\n',
};
const gone: DiffFile = {
  ...{ path: 'gone.ts', oldPath: 'gone.ts', isDeleted: true },
  patch: '@@ -1,2 +0,0 @@\n-one\n-two\n',
};
const diff = new UnifiedDiff([changed, gone]);

const position = (path: string, startLine: number, endLine = startLine) => {
  const spot = diff.spotFor(path, { startLine, endLine }, false);
  return spot.at === 'lines' ? { ...atLines(VERSION, spot.file, spot.lines), reason: spot.reason } : spot;
};

describe('A position in the diff of a version', () => {
  it('names an added line by its new number alone', () => {
    expect(position('new.ts', 11)).toEqual({
      ...{ base_sha: 'b', start_sha: 'c', head_sha: 'h', position_type: 'text' },
      ...{ old_path: 'old.ts', new_path: 'new.ts', new_line: 11, reason: null },
    });
  });

  it('names an unchanged line by both numbers, in a renamed file', () => {
    expect(position('new.ts', 13)).toMatchObject({ old_line: 12, new_line: 13, old_path: 'old.ts' });
    expect(position('new.ts', 41)).toMatchObject({ old_line: 40, new_line: 41 });
  });

  it('names a line of a deleted file by its old number alone', () => {
    const found = position('gone.ts', 2);
    expect(found).toMatchObject({ old_line: 2, position_type: 'text' });
    expect(found).not.toHaveProperty('new_line');
  });

  it('covers several lines, each named by its line code', () => {
    expect(position('new.ts', 11, 13)).toMatchObject({
      ...{ old_line: 12, new_line: 13 },
      line_range: {
        start: { line_code: expect.stringMatching(/^[0-9a-f]{40}_12_11$/), type: 'new', new_line: 11 },
        end: { line_code: expect.stringMatching(/^[0-9a-f]{40}_12_13$/), type: 'old', old_line: 12, new_line: 13 },
      },
    });
  });

  it('is the file if there is no line', () => {
    expect(atFile(VERSION, changed)).toMatchObject({ position_type: 'file', old_path: 'old.ts', new_path: 'new.ts' });
  });
});
