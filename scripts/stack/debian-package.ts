import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { run } from './child.ts';

/** A program of that name on PATH, or where Debian installs servers, which is not on the PATH of an ordinary user. */
export function onPath(name: string): string | null {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return directories.map((directory) => join(directory, name)).find((path) => existsSync(path)) ?? null;
}

/**
 * A program out of a package of Debian, which is downloaded and unpacked below `.data` once for all users of this checkout,
 * without being installed: no root, and nothing outside changes. `path` is the program's within the package; `besides` are
 * packages that are unpacked beside it. Null where there is no apt, or no such package.
 */
export async function fromDebian(name: string, path: string, besides: readonly string[] = []): Promise<string | null> {
  const directory = resolve('.data', name);
  const program = join(directory, path);
  if (existsSync(program)) return program;
  if (!onPath('apt-get') || !onPath('dpkg')) return null;
  const apt = join(directory, 'apt');
  for (const below of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(apt, below), { recursive: true });
  const own = ['-o', `Dir::State::lists=${join(apt, 'lists')}`, '-o', `Dir::Cache=${join(apt, 'cache')}`];
  const download = async (options: string[]): Promise<boolean> =>
    (await run('apt-get', [...options, 'download', ...besides, name], { cwd: apt })).code === 0;
  const downloaded =
    (await download([])) || ((await run('apt-get', [...own, 'update'])).code === 0 && (await download(own)));
  // The program comes last: where it is, all is.
  const unpack = [...besides, name].map((one) => `dpkg -x ${one}_*.deb ..`).join(' && ');
  if (downloaded) await run('sh', ['-c', unpack], { cwd: apt });
  rmSync(apt, { recursive: true, force: true });
  return existsSync(program) ? program : null;
}
