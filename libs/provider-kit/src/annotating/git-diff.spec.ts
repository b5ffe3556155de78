import { parseGitDiff } from './git-diff';

const DIFF = [
  'diff --git a/src/shop.ts b/src/shop.ts',
  'index 83db48f..bf269f4 100644',
  '--- a/src/shop.ts',
  '+++ b/src/shop.ts',
  '@@ -1,3 +1,3 @@ class Shop',
  ' one',
  '--- a/looks like a header',
  '+++ b/so does this',
  ' three',
  'diff --git a/old name.txt b/new name.txt',
  'similarity index 90%',
  'rename from old name.txt',
  'rename to new name.txt',
  '--- a/old name.txt\t',
  '+++ b/new name.txt\t',
  '@@ -1 +1 @@',
  '-a',
  '\\ No newline at end of file',
  '+b',
  '\\ No newline at end of file',
  'diff --git a/gone.ts b/gone.ts',
  'deleted file mode 100644',
  '--- a/gone.ts',
  '+++ /dev/null',
  '@@ -1 +0,0 @@',
  '-x',
  'diff --git a/logo.png b/logo.png',
  'index 1..2 100644',
  'Binary files a/logo.png and b/logo.png differ',
  'diff --git "a/\\303\\244.ts" "b/\\303\\244.ts"',
  'new file mode 100644',
  '--- /dev/null',
  '+++ "b/\\303\\244.ts"',
  '@@ -0,0 +1 @@',
  '+neu',
  '',
].join('\n');

describe('parseGitDiff', () => {
  const files = parseGitDiff(DIFF);

  it('reports the path, the old path and the deletion of each file', () => {
    expect(files.map(({ path, oldPath, isDeleted }) => [path, oldPath, isDeleted])).toEqual([
      ['src/shop.ts', 'src/shop.ts', false],
      ['new name.txt', 'old name.txt', false],
      ['gone.ts', 'gone.ts', true],
      ['logo.png', 'logo.png', false],
      ['ä.ts', 'ä.ts', false],
    ]);
  });

  it('does not take changed lines for headers', () => {
    expect(files[0]!.patch.split('\n')).toEqual([
      '@@ -1,3 +1,3 @@ class Shop',
      ' one',
      '--- a/looks like a header',
      '+++ b/so does this',
      ' three',
    ]);
  });

  it('reads a missing length as one line, and skips the marker of a missing newline', () => {
    const [, renamed, gone, , added] = files.map(({ patch }) => patch.split('\n').length);
    expect([renamed, gone, added]).toEqual([4, 2, 2]);
  });

  it('ends a hunk by its length, however many lines it removes or adds', () => {
    const taken = ['@@ -1,12 +1,2 @@', ' one', ...Array<string>(10).fill('--- a/taken away'), ' two'];
    const added = ['@@ -20,3 +10,12 @@', ' one', ...Array<string>(10).fill('+++ b/added'), ' two', '--- a/x'];
    const head = ['diff --git a/a.ts b/a.ts', '--- a/a.ts', '+++ b/a.ts'];
    const [file, next] = parseGitDiff([...head, ...taken, ...added, 'diff --git a/b.ts b/b.ts'].join('\n'));

    expect(file).toMatchObject({ path: 'a.ts', oldPath: 'a.ts', patch: [...taken, ...added].join('\n') });
    expect(next).toMatchObject({ path: 'b.ts', patch: '' });
  });

  it('recognises a deleted empty file by its mode', () => {
    const [file] = parseGitDiff('diff --git a/empty b/empty\ndeleted file mode 100644\nindex e69de29..0000000\n');
    expect(file).toMatchObject({ path: 'empty', isDeleted: true });
  });

  it('returns no hunks for a binary file', () => {
    expect(files[3]).toMatchObject({ patch: '' });
  });

  it('reads the path prefixes of Bitbucket Data Center', () => {
    const [file] = parseGitDiff(
      'diff --git src://a.ts dst://a.ts\n--- src://a.ts\n+++ dst://a.ts\n@@ -1 +1 @@\n-a\n+b\n',
    );
    expect(file).toMatchObject({ path: 'a.ts', oldPath: 'a.ts' });
  });

  it('reads the old path of a copy, also without a hunk', () => {
    const head = 'diff --git src://lib/a.ts dst://b.ts\nsimilarity index 100%\ncopy from lib/a.ts\ncopy to b.ts\n';
    const quoted = 'diff --git a/x "b/\\303\\244"\nsimilarity index 100%\ncopy from x\ncopy to "\\303\\244"\n';

    expect(parseGitDiff(head + quoted)).toMatchObject([
      { path: 'b.ts', oldPath: 'lib/a.ts' },
      { path: 'ä', oldPath: 'x' },
    ]);
  });

  it('unescapes quoted file names', () => {
    const [file] = parseGitDiff('diff --git "a/x" "b/x"\nrename from x\nrename to "say \\"hi\\",\\t\\\\"\n');
    expect(file).toMatchObject({ path: 'say "hi",\t\\', oldPath: 'x' });
  });

  it.each(['', 'not a diff', '@@ -1 +1 @@\n+x', 'diff --git '])('does not throw for %j', (text) => {
    expect(() => parseGitDiff(text)).not.toThrow();
  });
});
