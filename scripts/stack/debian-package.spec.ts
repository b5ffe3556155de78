import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const APT_GET = 'case "$*" in *download*) touch library_1_all.deb tool_1_all.deb;; esac';
/** Writes the program in two steps, so that a mishap leaves half of it. */
const DPKG = `
mkdir -p "$3/usr/bin"
case "$2" in tool_*) ;; *) exit 0;; esac
printf half > "$3/usr/bin/tool"
test "$MISHAP" = killed && kill -9 "$STARTER"
test -z "$MISHAP" || exit 2
printf whole > "$3/usr/bin/tool"`;
const CALL = `
import { fromDebian } from '${pathToFileURL(resolve('scripts/stack/debian-package.ts')).href}';
process.env.STARTER = String(process.pid);
console.log(await fromDebian('tool', 'usr/bin/tool', ['library']));`;

describe('a program from a Debian package', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'integrations-test-'));
    mkdirSync(join(root, 'bin'));
    for (const [name, script] of Object.entries({ 'apt-get': APT_GET, dpkg: DPKG }))
      writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const fetchProgram = (mishap = ''): string => {
    const env = { ...process.env, MISHAP: mishap, PATH: `${join(root, 'bin')}:${process.env.PATH}` };
    return spawnSync(process.execPath, ['--input-type=module', '-e', CALL], { cwd: root, env })
      .stdout.toString()
      .trim();
  };

  it('is fetched once', () => {
    const program = join(root, '.data/tool/usr/bin/tool');
    expect(fetchProgram()).toBe(program);
    expect(readFileSync(program, 'utf8')).toBe('whole');
    expect(fetchProgram('failed')).toBe(program);
    expect(readdirSync(join(root, '.data'))).toEqual(['tool']);
  });

  it.each([
    ['dpkg fails', 'failed', 'null'],
    ['the process is killed during unpacking', 'killed', ''],
  ])('is missing if %s, and is fetched the next time', (_case, mishap, answer) => {
    expect(fetchProgram(mishap)).toBe(answer);
    expect(readFileSync(fetchProgram(), 'utf8')).toBe('whole');
  });
});
