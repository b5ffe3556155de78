import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { lastOutput, startChild, stopChild, until } from '../../scripts/stack/child.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import type { KeyPair } from './certificates';
import { COMMAND, type ContainerEngine, failure, IMAGE, PATIENCE_MS, prepared, unpack } from './container-engine';
import { temporaryDirectory } from './temporary';

/** 65 MB together with dockerd itself. */
const BESIDES = ['containerd', 'libdevmapper1.02.1'];
/**
 * Namespaces that hide dockerd's mounts from others and end everything that it started together with it: containerd, shims,
 * containers. Outside its directory, only empty /opt/containerd, /run/containerd and the cgroups named docker remain.
 */
const APART = ['--mount', '--pid', '--mount-proc', '--fork', '--kill-child'];

export interface Dockerd extends ContainerEngine {
  /** Sends one request to its API at the socket, whatever its status. */
  send(call: DockerdCall): Promise<{ readonly status: number; readonly text: string }>;
}

export interface DockerdCall {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a tarball is sent unchanged. */
  readonly body?: object;
}

/**
 * With an `authority`, dockerd's port uses TLS with that certificate, and accepts clients with a certificate signed by the
 * authority, which is the same certificate. Throws KernelRefusal.
 */
export async function startDockerd({ authority }: { readonly authority?: KeyPair } = {}): Promise<Dockerd> {
  const { program, at, libraries, tarball } = await unpack('docker.io', 'usr/sbin/dockerd', BESIDES);
  const directory = temporaryDirectory();
  const socket = join(directory, 'docker.sock');
  const address = `127.0.0.1:${await freePorts(1)}`;
  const config = configure(directory, [`unix://${socket}`, `tcp://${address}`], authority);
  const child = startChild('unshare', [...APART, program, '--config-file', config], {
    env: { PATH: `${at('usr/bin')}:${process.env.PATH}`, HOME: directory, LD_LIBRARY_PATH: libraries },
  });
  const send = (call: DockerdCall) => sendTo(socket, call);
  const names: string[] = [];
  const dockerd: Dockerd = {
    ...{ socket, url: `${authority ? 'https' : 'http'}://${address}`, send },
    run: async (name, Labels) => {
      names.push(name);
      const body = { Image: IMAGE, Cmd: COMMAND, Labels, HostConfig: { NetworkMode: 'host', IpcMode: 'host' } };
      await must(send, { method: 'POST', path: `/containers/create?name=${name}`, body });
      await must(send, { method: 'POST', path: `/containers/${name}/start` });
    },
    stop: async () => {
      await Promise.allSettled(names.map((name) => send({ method: 'DELETE', path: `/containers/${name}?force=true` })));
      await stopChild(child, 'SIGKILL', 0);
      // The processes that it started end right after it.
      rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
  return prepared(dockerd, async () => {
    await answering(child, send);
    const body = readFileSync(await tarball(directory));
    await must(send, { method: 'POST', path: `/images/create?fromSrc=-&repo=${IMAGE}`, body });
  });
}

/** https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file */
function configure(directory: string, hosts: readonly string[], authority: KeyPair | undefined): string {
  const file = (name: string, content: string) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const certificate = authority && file('cert.pem', authority.cert);
  const tls = authority
    ? { tlsverify: true, tlscacert: certificate, tlscert: certificate, tlskey: file('key.pem', authority.key) }
    : { tls: false };
  const at = (name: string) => join(directory, name);
  return file(
    'daemon.json',
    JSON.stringify({
      ...{ hosts, 'log-level': 'error', ...tls },
      ...{ 'data-root': at('data'), 'exec-root': at('exec'), pidfile: at('pid'), 'deprecated-key-path': at('id.json') },
      // Containers use the machine's network, which stays unchanged.
      ...{ bridge: 'none', iptables: false, ip6tables: false, 'ip-forward': false },
      ...{ 'storage-driver': 'vfs', 'exec-opts': ['native.cgroupdriver=cgroupfs'] },
    }),
  );
}

async function answering(child: ChildProcess, send: Dockerd['send']): Promise<void> {
  const log = lastOutput(child);
  try {
    const reasonToStop = () => (child.exitCode === null ? null : 'it ended');
    await until(() => must(send, { method: 'GET', path: '/_ping' }), { timeoutMs: PATIENCE_MS, reasonToStop });
  } catch (error) {
    throw failure('dockerd does not start', `${(error as Error).message}\n${log()}`);
  }
}

async function must(send: Dockerd['send'], call: DockerdCall): Promise<void> {
  const { status, text } = await send(call);
  if (status >= 400) throw failure(`dockerd does not ${call.method} ${call.path}`, text);
}

async function sendTo(socketPath: string, { method, path, headers = {}, body }: DockerdCall) {
  const type = body instanceof Buffer ? 'application/x-tar' : 'application/json';
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const call = request({ socketPath, method, path, signal, headers: { 'content-type': type, ...headers } });
  call.end(body === undefined || body instanceof Buffer ? body : JSON.stringify(body));
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, text: await text(response) };
}
