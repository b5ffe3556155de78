import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const CALL = `
import { build } from '${pathToFileURL(resolve('scripts/stack/build.ts')).href}';
await build(process.cwd());
console.log('the token');`;

it('a build leaves standard output to what comes after it: a token may be on its way into a variable', () => {
  const root = mkdtempSync(join(tmpdir(), 'integrations-test-'));
  try {
    for (const folder of ['apps', 'libs', 'bin']) mkdirSync(join(root, folder));
    for (const file of ['nest-cli.json', 'tsconfig.json', 'package-lock.json']) writeFileSync(join(root, file), '');
    writeFileSync(join(root, 'package.json'), '{}');
    writeFileSync(join(root, 'bin/npm'), '#!/bin/sh\necho built', { mode: 0o755 });
    const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}` };
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', CALL], { cwd: root, env });
    expect(stderr.toString()).toContain('building the apps …');
    expect(stdout.toString()).toBe('the token\n');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
