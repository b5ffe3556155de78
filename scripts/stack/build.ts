import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.ts';

export const APPS = ['catalog-api', 'health-worker', 'annotation-dispatcher'] as const;
export type AppName = (typeof APPS)[number];

const BUSY = ['--max-semi-space-size=16', '--heap-growing-percent=50', '--no-maglev', '--no-parallel-scavenge'];
const V8_FLAGS: Readonly<Record<AppName, readonly string[]>> = {
  'catalog-api': ['--max-semi-space-size=4', '--heap-growing-percent=25', '--no-maglev'],
  'health-worker': [...BUSY, '--no-allocation-site-pretenuring'],
  'annotation-dispatcher': ['--min-semi-space-size=16', ...BUSY],
};

/** The same flags as in docker/, for a process that starts in the root. docs/operations/memory.md says why. */
export function nodeFlags(app: AppName): string[] {
  return ['--import=./apps/source-maps.mjs', ...V8_FLAGS[app]];
}

const SOURCES = [
  ...['apps', 'libs', 'docs/openapi.json'],
  ...['nest-cli.json', 'rspack.config.js', 'tsconfig.json', 'package-lock.json'],
];

export function entryOf(root: string, app: AppName | 'cli'): string {
  return join(root, 'dist', 'apps', app, 'main.js');
}

/** The page of the console, next to the app that serves it. */
function consoleOf(root: string): string {
  return join(root, 'dist', 'apps', 'catalog-api', 'console', 'index.html');
}

/** Builds the apps and the console if a source is newer than what was built. */
export async function build(root: string): Promise<void> {
  const now = new Date();
  const built = [...[...APPS, 'cli' as const].map((app) => entryOf(root, app)), consoleOf(root)];
  const newest = Math.max(...SOURCES.map((source) => newestIn(join(root, source))));
  if (Math.min(...built.map(mtime)) > newest) return;
  console.error('building the apps …');
  const { code, output } = await run('npm', ['run', '--silent', 'build'], { cwd: root });
  if (code !== 0) throw new Error(`the build failed:\n${output}`);
  // The builders do not rewrite a file that did not change, so it would stay older than its sources for ever. The time
  // is that before the build, because sources that changed during the build may not be in it.
  for (const file of built) utimesSync(file, now, now);
}

function mtime(path: string): number {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function newestIn(path: string): number {
  if (!statSync(path).isDirectory()) return mtime(path);
  return Math.max(0, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}
