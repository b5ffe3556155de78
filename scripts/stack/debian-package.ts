import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { run } from './child.ts';

/** The path of a program on PATH, or where Debian installs servers, which is not on the PATH of an ordinary user. */
export function onPath(name: string): string | null {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return directories.map((directory) => join(directory, name)).find((path) => existsSync(path)) ?? null;
}

/**
 * The path of a program from a Debian package. The package is downloaded once for this checkout and unpacked below
 * `.data`. It is not installed, so this needs no root and changes nothing elsewhere. `path` is that of the program
 * within the package, and `besides` are further packages to unpack with it. With `dependencies`, all their dependencies
 * that are not installed are unpacked too. Null if there is no apt or no such package.
 */
export async function fromDebian(
  name: string,
  path: string,
  besides: readonly string[] = [],
  { dependencies = false } = {},
): Promise<string | null> {
  const directory = resolve('.data', name);
  const program = join(directory, path);
  if (existsSync(program)) return program;
  if (!onPath('apt-get') || !onPath('dpkg')) return null;
  mkdirSync(resolve('.data'), { recursive: true });
  const apt = mkdtempSync(`${directory}.apt-`);
  for (const below of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(apt, below), { recursive: true });
  const own = ['-o', `Dir::State::lists=${join(apt, 'lists')}`, '-o', `Dir::Cache=${join(apt, 'cache')}`];
  const download = async (options: string[]): Promise<boolean> => {
    const wanted = [...besides, name];
    const packages = dependencies ? [...(await missingFor(wanted, options)), ...wanted] : wanted;
    return (await run('apt-get', [...options, 'download', ...packages], { cwd: apt })).code === 0;
  };
  const downloaded =
    (await download([])) || ((await run('apt-get', [...own, 'update'])).code === 0 && (await download(own)));
  const unpack = 'for deb in *.deb; do dpkg -x "$deb" unpacked || exit 1; done';
  const unpacked = downloaded && (await run('sh', ['-c', unpack], { cwd: apt })).code === 0;
  // Another process may have finished first. If the program exists, so do the other files, because the directory is
  // renamed whole.
  if (unpacked && !existsSync(program)) {
    rmSync(directory, { recursive: true, force: true });
    renameSync(join(apt, 'unpacked'), directory);
  }
  rmSync(apt, { recursive: true, force: true });
  return existsSync(program) ? program : null;
}

/** The packages that an installation of these would install as well. */
async function missingFor(packages: readonly string[], options: readonly string[]): Promise<string[]> {
  const simulation = ['--simulate', '--no-install-recommends', '-o', 'Debug::NoLocking=1', 'install', ...packages];
  const { output } = await run('apt-get', [...options, ...simulation]);
  return [...output.matchAll(/^Inst (\S+) /gm)]
    .map(([, found]) => String(found))
    .filter((one) => !packages.includes(one));
}
