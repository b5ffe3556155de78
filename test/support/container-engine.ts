import { join, resolve } from 'node:path';
import { run } from '../../scripts/stack/child.ts';
import { fromDebian } from '../../scripts/stack/debian-package.ts';

/** What engines run here: busybox alone. */
export const IMAGE = 'localhost/acme/idle:1';
export const COMMAND = ['/busybox', 'sleep', '600'];
/** For its start, and for each thing asked of it. */
export const PATIENCE_MS = 15_000;

/** A real container engine of its own, one that Debian packages, at a socket and on 127.0.0.1. */
export interface ContainerEngine {
  /** The path of its socket. */
  readonly socket: string;
  readonly url: string;
  /** Runs IMAGE, which then does nothing. Throws KernelRefusal. */
  run(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

/** The kernel does not let an engine start, or a container: no fault of ours. */
export class KernelRefusal extends Error {}

/** How EPERM, EACCES, EROFS, ENODEV, EOPNOTSUPP and ENOSYS are told, and what else a kernel may have been built without. */
const REFUSALS = new RegExp(
  [
    ...['operation not permitted', 'permission denied', 'read-only file system', 'no such device'],
    ...['operation not supported', 'not implemented', "cgroup isn't mounted", '/dev/mqueue: no such file'],
  ].join('|'),
  'i',
);

/** What to throw when `what` did not happen and its program said `words`. */
export function failure(what: string, words: string): Error {
  return new (REFUSALS.test(words) ? KernelRefusal : Error)(`${what}: ${words.trim()}`);
}

/** The engine once it is prepared; where that fails nothing of it is left. */
export async function prepared<T extends ContainerEngine>(engine: T, prepare: () => Promise<void>): Promise<T> {
  try {
    await prepare();
  } catch (error) {
    await engine.stop();
    throw error;
  }
  return engine;
}

/** The value, or null where the kernel refuses it, which is warned of. */
export async function unlessRefused<T>(value: Promise<T>): Promise<T | null> {
  return value.catch((error: unknown) => {
    if (!(error instanceof KernelRefusal)) throw error;
    process.emitWarning(error.message);
    return null;
  });
}

/** An engine's program, and what it needs that a small Debian does not have. */
export interface Unpacked {
  readonly program: string;
  /** The path of what a package has at `path`. */
  at(path: string): string;
  /** Where its shared libraries are: LD_LIBRARY_PATH. */
  readonly libraries: string;
  /** The path of a new tarball in `directory` of all that is in the image. */
  tarball(directory: string): Promise<string>;
}

/** Out of the package `name`, `besides`, and what every engine runs. */
export async function unpack(name: string, path: string, besides: readonly string[]): Promise<Unpacked> {
  const program = await fromDebian(name, path, ['runc', 'busybox-static', ...besides]);
  if (!program) throw new Error(`found no ${name}: it takes apt-get and the packages of Debian 12`);
  const at = (below: string) => resolve('.data', name, below);
  const machine = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  return {
    ...{ program, at },
    libraries: ['usr/lib', 'lib'].map((below) => at(join(below, machine))).join(':'),
    tarball: async (directory) => {
      const tarball = join(directory, 'idle.tar');
      const { code, output } = await run('tar', ['-C', at('bin'), '-cf', tarball, 'busybox']);
      if (code !== 0) throw new Error(`made no tarball: ${output}`);
      return tarball;
    },
  };
}
