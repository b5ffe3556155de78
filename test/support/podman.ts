import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request, type RequestOptions } from 'node:http';
import { join } from 'node:path';
import { run, startChild, stopChild, until } from '../../scripts/stack/child.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import {
  COMMAND,
  type ContainerEngine,
  failure,
  IMAGE,
  PATIENCE_MS,
  prepared,
  unpack,
  type Unpacked,
} from './container-engine';
import { temporaryDirectory } from './temporary';

/** 16 MB together with podman itself. */
const BESIDES = ['conmon', 'libassuan0', 'libdevmapper1.02.1', 'libglib2.0-0', 'libgpgme11', 'libsubid4'];

export async function startPodman(): Promise<ContainerEngine> {
  const unpacked = await unpack('podman', 'usr/bin/podman', BESIDES);
  const { program, tarball } = unpacked;
  const directory = temporaryDirectory();
  const env = configure(directory, unpacked);
  const socket = join(directory, 'podman.sock');
  const port = await freePorts(1);
  const services = [`unix://${socket}`, `tcp://127.0.0.1:${port}`].map((at) =>
    startChild(program, ['system', 'service', '--time=0', at], { env, stdio: 'ignore' }),
  );
  const podman = async (...args: string[]) => {
    const { code, output } = await run(program, args, { env });
    if (code !== 0) throw failure(`podman does not ${args[0]}`, output);
  };
  const engine: ContainerEngine = {
    ...{ socket, url: `http://127.0.0.1:${port}` },
    run: (name, labels) => {
      const labelled = Object.entries(labels).flatMap(([label, value]) => ['--label', `${label}=${value}`]);
      const args = ['--detach', '--name', name, '--network=host', '--ipc=host', ...labelled];
      return podman('run', ...args, IMAGE, ...COMMAND);
    },
    stop: async () => {
      await podman('rm', '--all', '--force', '--time=0').catch(() => undefined);
      // Ends the process that keeps the user namespace, if there is one.
      await podman('system', 'migrate').catch(() => undefined);
      await Promise.all(services.map(stopService));
      // The directories of images are read-only, so only root could empty them.
      await run('chmod', ['-R', 'u+rwx', directory]);
      // The clean-up of containers may still be running.
      rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
  return prepared(engine, async () => {
    const reasonToStop = () => (services.every(({ exitCode }) => exitCode === null) ? null : 'podman ended at start');
    for (const place of [{ socketPath: socket }, { host: '127.0.0.1', port }]) {
      await until(() => ping(place), { timeoutMs: PATIENCE_MS, reasonToStop });
    }
    await podman('import', await tarball(directory), IMAGE);
  });
}

/** Without root it is two processes: podman runs itself once more in a user namespace. */
async function stopService(service: ChildProcess): Promise<void> {
  if (service.exitCode === null && service.signalCode === null) process.kill(-service.pid!, 'SIGTERM');
  await stopChild(service, 'SIGTERM', 5_000);
}

async function ping(place: RequestOptions): Promise<void> {
  const call = request({ ...place, path: '/_ping' });
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  response.resume();
}

/** Hides the machine's own containers. https://github.com/containers/common/tree/main/docs */
function configure(directory: string, unpacked: Unpacked): NodeJS.ProcessEnv {
  const at = (...path: string[]) => join(directory, ...path);
  mkdirSync(at('home/.config/containers'), { recursive: true });
  mkdirSync(at('run'));
  writeFileSync(at('home/.config/containers/policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}');
  writeFileSync(at('storage.conf'), storage(at('store'), at('run/store')));
  writeFileSync(at('containers.conf'), containers(at, unpacked));
  // Podman does not pass our library path on to conmon.
  const conmon = `exec ${unpacked.at('usr/bin/conmon')} "$@"`;
  writeFileSync(at('conmon'), `#!/bin/sh\nLD_LIBRARY_PATH=${unpacked.libraries} ${conmon}\n`);
  chmodSync(at('conmon'), 0o755);
  return {
    ...{ PATH: process.env.PATH, HOME: at('home'), XDG_RUNTIME_DIR: at('run') },
    ...{ LD_LIBRARY_PATH: unpacked.libraries },
    ...{ CONTAINERS_STORAGE_CONF: at('storage.conf'), CONTAINERS_CONF: at('containers.conf') },
  };
}

function storage(graphroot: string, runroot: string): string {
  return `[storage]\ndriver = "vfs"\ngraphroot = "${graphroot}"\nrunroot = "${runroot}"\n`;
}

/** Limits that any user may set, and the machine's network, which needs no set-up. */
function containers(at: (path: string) => string, unpacked: Unpacked): string {
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
runc = ["${unpacked.at('usr/sbin/runc')}"]
`;
}
