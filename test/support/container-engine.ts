import { join, resolve } from 'node:path';
import { run } from '../../scripts/stack/child.ts';
import { fromDebian } from '../../scripts/stack/debian-package.ts';

/** The image that engines run here. It contains only busybox. */
export const IMAGE = 'localhost/acme/idle:1';
export const COMMAND = ['/busybox', 'sleep', '600'];
/** Timeout of an engine's start and of each request to it. */
export const PATIENCE_MS = 15_000;

/** A separate real container engine, from a Debian package, at a socket and on 127.0.0.1. */
export interface ContainerEngine {
  /** The path of the engine's socket. */
  readonly socket: string;
  readonly url: string;
  /** Runs a container of IMAGE, which idles. Throws KernelRefusal. */
  run(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

/** The kernel does not let an engine or a container start, which is not our fault. */
class KernelRefusal extends Error {}

/** Messages of EPERM, EACCES, EROFS, ENODEV, EOPNOTSUPP and ENOSYS, and of other features that a kernel may lack. */
const REFUSALS = new RegExp(
  [
    ...['operation not permitted', 'permission denied', 'read-only file system', 'no such device'],
    ...['operation not supported', 'not implemented', "cgroup isn't mounted", '/dev/mqueue: no such file'],
  ].join('|'),
  'i',
);

/** The error to throw if `what` failed and its program printed `words`. */
export function failure(what: string, words: string): Error {
  return new (REFUSALS.test(words) ? KernelRefusal : Error)(`${what}: ${words.trim()}`);
}

/** Prepares the engine. If that fails, removes everything of it. */
export async function prepared<T extends ContainerEngine>(engine: T, prepare: () => Promise<void>): Promise<T> {
  try {
    await prepare();
  } catch (error) {
    await engine.stop();
    throw error;
  }
  return engine;
}

/** The value, or null with a warning if the kernel refuses. */
export async function unlessRefused<T>(value: Promise<T>): Promise<T | null> {
  return value.catch((error: unknown) => {
    if (!(error instanceof KernelRefusal)) throw error;
    process.emitWarning(error.message);
    return null;
  });
}

/** An engine's program, and the dependencies that a minimal Debian lacks. */
export interface Unpacked {
  readonly program: string;
  /** The local path of a package's file `path`. */
  at(path: string): string;
  /** The directories of its shared libraries, for LD_LIBRARY_PATH. */
  readonly libraries: string;
  /** Creates a tarball of the image's contents in `directory` and returns its path. */
  tarball(directory: string): Promise<string>;
}

/** Unpacks the package `name`, the packages `besides`, and those that every engine needs. */
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
