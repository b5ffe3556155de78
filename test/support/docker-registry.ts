import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { join } from 'node:path';
import { lastOutput, startChild, stopChild, until } from '../../scripts/stack/child.ts';
import { fromDebian, onPath } from '../../scripts/stack/debian-package.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { temporaryDirectory } from './temporary';

export interface DockerRegistryOptions {
  /** How the registry authenticates clients; open to all if absent. */
  readonly auth?:
    | { readonly htpasswd: string }
    | {
        readonly token: {
          readonly realm: string;
          readonly service: string;
          readonly issuer: string;
          readonly certificate: string;
        };
      };
  /** Most catalog entries per request; the registry rejects a request for more. */
  readonly maxEntries?: number;
  /** PEM; the registry serves HTTPS if given. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface DockerRegistry {
  readonly url: string;
  /** Sends one request, whatever its status. */
  send(call: RegistryCall): Promise<{ readonly status: number; readonly headers: NodeJS.Dict<string | string[]> }>;
  stop(): Promise<void>;
}

export interface RegistryCall {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The program of Debian's package docker-registry; null if not available. */
export async function findDockerRegistry(): Promise<string | null> {
  return onPath('docker-registry') ?? (await fromDebian('docker-registry', 'usr/bin/docker-registry'));
}

/** Starts a separate real registry, from Debian's package, on 127.0.0.1. */
export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const program = await findDockerRegistry();
  if (!program) throw new Error('found no docker-registry: install it, as with apt-get install docker-registry');
  const directory = temporaryDirectory();
  const port = await freePorts(1);
  writeFileSync(join(directory, 'config.yml'), JSON.stringify(configuration(directory, port, options)));
  const child = startChild(program, ['serve', join(directory, 'config.yml')], { cwd: directory });
  const log = lastOutput(child);
  const url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const registry: DockerRegistry = {
    url,
    send: (call) => send(url, call),
    stop: async () => {
      await stopChild(child, 'SIGTERM', 5_000);
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await until(async () => void (await registry.send({ method: 'GET', path: '/v2/' })), {
    reasonToStop: () => (child.exitCode === null ? null : `docker-registry ended at start:\n${log()}`),
  });
  return registry;
}

/** JSON is valid YAML. https://distribution.github.io/distribution/about/configuration/ */
function configuration(directory: string, port: number, { auth, maxEntries, tls }: DockerRegistryOptions): object {
  const file = (name: string, content: string) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  return {
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, 'data') }, delete: { enabled: true } },
    ...(maxEntries === undefined ? {} : { catalog: { maxentries: maxEntries } }),
    http: {
      addr: `127.0.0.1:${port}`,
      secret: 'not-a-secret',
      ...(tls ? { tls: { certificate: file('tls.crt', tls.cert), key: file('tls.key', tls.key) } } : {}),
    },
    ...(auth && 'htpasswd' in auth
      ? { auth: { htpasswd: { realm: 'test', path: file('htpasswd', auth.htpasswd) } } }
      : {}),
    ...(auth && 'token' in auth ? { auth: { token: tokenAuth(auth.token, file) } } : {}),
  };
}

function tokenAuth(
  { certificate, ...token }: { realm: string; service: string; issuer: string; certificate: string },
  file: (name: string, content: string) => string,
): object {
  return { ...token, rootcertbundle: file('tokens.crt', certificate) };
}

/** Does not use the code under test, which must not be verified with its own client. */
async function send(url: string, { method, path, headers = {}, body }: RegistryCall) {
  const options = { method, headers, rejectUnauthorized: false };
  const call = (url.startsWith('https') ? secureRequest : request)(`${url}${path}`, options);
  call.end(body);
  const [response] = (await once(call, 'response')) as [import('node:http').IncomingMessage];
  response.resume();
  await once(response, 'end');
  return { status: response.statusCode ?? 0, headers: response.headers };
}
