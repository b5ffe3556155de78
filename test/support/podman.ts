import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request, type RequestOptions } from 'node:http';
import { join, resolve } from 'node:path';
import { run, startChild, stopChild, until } from '../../scripts/stack/child.ts';
import { fromDebian } from '../../scripts/stack/debian-package.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { temporaryDirectory } from './temporary';

/** What it needs that a small Debian does not have, and something to run: 16 MB with itself. */
const BESIDES = [
  ...['conmon', 'runc', 'busybox-static'],
  ...['libassuan0', 'libdevmapper1.02.1', 'libglib2.0-0', 'libgpgme11', 'libsubid4'],
];
const UNPACKED = resolve('.data/podman');
const LIBRARIES = ['usr/lib', 'lib'].map((below) => {
  return join(UNPACKED, below, process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu');
});
const IMAGE = 'localhost/acme/idle:1';
const PATIENCE_MS = 15_000;

/** A real container engine of its own, the one that Debian packages, at a socket and on 127.0.0.1. */
export interface Podman {
  /** The path of its socket. */
  readonly socket: string;
  /** Without TLS. */
  readonly url: string;
  /** Has nothing but busybox. */
  readonly image: string;
  /** Runs the image, which then does nothing. Null, or why the kernel does not let it. */
  run(name: string, labels: Readonly<Record<string, string>>): Promise<string | null>;
  stop(): Promise<void>;
}

export async function startPodman(): Promise<Podman> {
  const program = await fromDebian('podman', 'usr/bin/podman', BESIDES);
  if (!program) throw new Error('found no podman: it takes apt-get and the packages of Debian 12');
  const directory = temporaryDirectory();
  const env = configure(directory);
  const podman = (...args: string[]) => run(program, args, { env });
  const socket = join(directory, 'podman.sock');
  const port = await freePorts(1);
  const serve = (at: string) => startChild(program, ['system', 'service', '--time=0', at], { env, stdio: 'ignore' });
  const services = [serve(`unix://${socket}`), serve(`tcp://127.0.0.1:${port}`)];
  const stillAlive = () => (services.every(({ exitCode }) => exitCode === null) ? null : 'podman ended at start');
  for (const place of [{ socketPath: socket }, { host: '127.0.0.1', port }]) {
    await until(() => ping(place), { timeoutMs: PATIENCE_MS, stillAlive });
  }
  const tarball = join(directory, 'idle.tar');
  await run('tar', ['-C', join(UNPACKED, 'bin'), '-cf', tarball, 'busybox']);
  const { code, output } = await podman('import', tarball, IMAGE);
  if (code !== 0) throw new Error(`podman imports nothing: ${output}`);
  return {
    ...{ socket, url: `http://127.0.0.1:${port}`, image: IMAGE },
    run: async (name, labels) => {
      const labelled = Object.entries(labels).flatMap(([label, value]) => ['--label', `${label}=${value}`]);
      const args = ['--detach', '--name', name, '--network=host', '--ipc=host', ...labelled];
      const { code, output } = await podman('run', ...args, IMAGE, '/busybox', 'sleep', '600');
      return code === 0 ? null : output.trim();
    },
    stop: async () => {
      await podman('rm', '--all', '--force', '--time=0');
      await Promise.all(services.map((service) => stopChild(service, 'SIGTERM', 5_000)));
      // What cleans up after containers may still be at it.
      rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

async function ping(place: RequestOptions): Promise<void> {
  const call = request({ ...place, path: '/_ping' });
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  response.resume();
}

/** Nothing of the machine's own containers is seen. https://github.com/containers/common/tree/main/docs */
function configure(directory: string): NodeJS.ProcessEnv {
  const at = (...path: string[]) => join(directory, ...path);
  mkdirSync(at('home/.config/containers'), { recursive: true });
  mkdirSync(at('run'));
  writeFileSync(at('home/.config/containers/policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}');
  writeFileSync(at('storage.conf'), storage(at('store'), at('run/store')));
  writeFileSync(at('containers.conf'), containers(at));
  // Podman keeps our libraries from it.
  const conmon = `exec ${join(UNPACKED, 'usr/bin/conmon')} "$@"`;
  writeFileSync(at('conmon'), `#!/bin/sh\nLD_LIBRARY_PATH=${LIBRARIES.join(':')} ${conmon}\n`);
  chmodSync(at('conmon'), 0o755);
  return {
    ...{ PATH: process.env.PATH, HOME: at('home'), XDG_RUNTIME_DIR: at('run') },
    ...{ LD_LIBRARY_PATH: LIBRARIES.join(':') },
    ...{ CONTAINERS_STORAGE_CONF: at('storage.conf'), CONTAINERS_CONF: at('containers.conf') },
  };
}

function storage(graphroot: string, runroot: string): string {
  return `[storage]\ndriver = "vfs"\ngraphroot = "${graphroot}"\nrunroot = "${runroot}"\n`;
}

/** The limits are what anybody may set; the network is the machine's, for which nothing is needed. */
function containers(at: (path: string) => string): string {
  return `
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]

[network]
network_backend = "cni"
network_config_dir = "${at('networks')}"

[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
conmon_path = ["${at('conmon')}"]
tmp_dir = "${at('run/libpod')}"
runtime = "runc"

[engine.runtimes]
runc = ["${join(UNPACKED, 'usr/sbin/runc')}"]
`;
}
