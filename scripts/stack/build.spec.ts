import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const CALL = `
import { build } from '${pathToFileURL(resolve('scripts/stack/build.ts')).href}';
await build(process.cwd());
console.log('the token');`;
/** Like the builders, it does not rewrite a file that did not change. */
const NPM = `#!/bin/sh
echo built
for app in catalog-api health-worker annotation-dispatcher cli; do
  mkdir -p dist/apps/$app
  test -f dist/apps/$app/main.js || echo > dist/apps/$app/main.js
done
mkdir -p dist/apps/catalog-api/console
echo > dist/apps/catalog-api/console/index.html`;

describe('a build before a start', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'integrations-test-'));
    for (const folder of ['apps', 'libs', 'docs', 'bin']) mkdirSync(join(root, folder));
    const files = ['docs/openapi.json', 'nest-cli.json', 'rspack.config.js', 'tsconfig.json', 'package-lock.json'];
    for (const file of files) writeFileSync(join(root, file), '');
    writeFileSync(join(root, 'package.json'), '{}');
    writeFileSync(join(root, 'bin/npm'), NPM, { mode: 0o755 });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const build = () => {
    const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}` };
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', CALL], { cwd: root, env });
    return { stdout: stdout.toString(), stderr: stderr.toString() };
  };

  it('prints nothing to standard output, which a script may read a token from', () => {
    const { stdout, stderr } = build();
    expect(stderr).toContain('building the apps …');
    expect(stdout).toBe('the token\n');
  });

  it('runs once for a newer source, even if its output does not change', () => {
    build();
    const now = new Date();
    utimesSync(join(root, 'rspack.config.js'), now, now);
    expect(build().stderr).toContain('building the apps …');
    expect(build()).toEqual({ stdout: 'the token\n', stderr: '' });
  });

  it('runs again for a source that changed during the build', () => {
    writeFileSync(join(root, 'bin/npm'), `${NPM}\ntouch tsconfig.json`, { mode: 0o755 });
    build();
    writeFileSync(join(root, 'bin/npm'), NPM, { mode: 0o755 });
    expect(build().stderr).toContain('building the apps …');
    expect(build().stderr).toBe('');
  });
});
