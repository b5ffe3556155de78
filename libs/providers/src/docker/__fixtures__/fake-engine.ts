import { Ajv } from 'ajv';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';
import { VendorServer } from '../../../../../test/support/fake-vendor/server';
import { CONTAINER_FILTERS, ENGINE_SCHEMAS } from './engine-schemas';

export interface FakeContainer {
  readonly id: string;
  readonly names: readonly string[];
  /** The reference that the container was started with. */
  readonly image: string;
  readonly imageId: string;
  labels: Record<string, string> | null;
  /** The state in the list. */
  state: string;
  /** The state when the container is inspected. Absent: the same as in the list. */
  readonly stateSince?: string;
  startedAt: string;
}

export interface FakeImage {
  readonly id: string;
  repoDigests: string[];
  /** Podman's digest of the image as pulled. Absent: its id. */
  digest?: string;
  /** True if containerd stores the image: then its id is the digest by which it was pulled. Since API 1.48. */
  isInContainerd?: boolean;
}

type Kind = keyof typeof ENGINE_SCHEMAS;

export const idOf = (letter: string) => letter.repeat(64);
export const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
const PODMAN_STATES = ['created', 'running', 'paused', 'exited', 'removing'];
const LIBPOD = '4.3.1';
const NEVER = '0001-01-01T00:00:00Z';

/** An engine that accepts read requests like Docker. An answer that Docker would not give is a violation. */
export class FakeEngine extends VendorServer {
  readonly containers: FakeContainer[] = [];
  readonly images: FakeImage[] = [];
  apiVersion = '1.41';
  minimum = '1.24';
  /** Sent with every answer; null behind a proxy that removes it. */
  serverHeader: string | null = 'Docker/20.10.24 (linux)';
  isPodman = false;
  /** Since API 1.42. */
  swarmHeader: string | null = null;
  swarmState = 'inactive';
  warnings: string[] | null = ['WARNING: No swap limit support'];
  /** Prefixes of paths that a proxy in front of the engine forbids. */
  readonly forbidden: string[] = [];
  readonly #ajv = new Ajv({ allowUnionTypes: true });

  constructor() {
    super({ errorType: 'text/plain' });
  }

  /** Runs a container from an image of the same letter. */
  run(letter: string, more: Partial<FakeContainer> & { readonly image?: string } = {}): FakeContainer {
    const image = { id: digestOf(letter), repoDigests: [`registry.example/team/${letter}@${digestOf(letter)}`] };
    const container: FakeContainer = {
      ...{ id: idOf(letter), names: [`/${letter}-1`], image: `registry.example/team/${letter}:1`, imageId: image.id },
      ...{ labels: {}, state: 'running', startedAt: '2026-01-02T03:04:05.678901234Z' },
      ...more,
    };
    if (!this.images.some(({ id }) => id === image.id)) this.images.push(image);
    this.containers.push(container);
    return container;
  }

  protected override standardHeaders(): Record<string, string> {
    const { apiVersion, isPodman, serverHeader, swarmHeader } = this;
    return {
      ...{ 'api-version': apiVersion, 'docker-experimental': 'false', ostype: 'linux' },
      ...(serverHeader === null ? {} : { server: serverHeader }),
      ...(isPodman ? { 'libpod-api-version': LIBPOD } : {}),
      ...(swarmHeader === null ? {} : { swarm: swarmHeader }),
    };
  }

  protected answer(request: LoggedRequest, url: URL): Answer {
    if (request.method !== 'GET') this.violations.push(`${request.method} ${url.pathname}`);
    if (url.pathname === '/_ping') {
      return { status: 200, body: 'OK', headers: { 'content-type': 'text/plain; charset=utf-8' } };
    }
    const [, id] = new RegExp(`^/v${LIBPOD}/libpod/images/(sha256:[0-9a-f]{64})/json$`).exec(url.pathname) ?? [];
    if (this.isPodman && id !== undefined) return this.#described('LibpodImageInspect', this.#libpodImage(id));
    const [, version, path] = /^\/v(\d+\.\d+)(\/.*)$/.exec(url.pathname) ?? [];
    if (version === undefined || path === undefined) throw this.#refusal(404, 'page not found');
    this.#judgeVersion(version);
    if (this.forbidden.some((beginning) => path.startsWith(beginning))) {
      throw new HttpAnswer(403, '<html><body><h1>403 Forbidden</h1></body></html>');
    }
    return this.#route(path, url.searchParams);
  }

  #route(path: string, query: URLSearchParams): Answer {
    if (path === '/info') return this.#described('SystemInfo', this.#info());
    if (path === '/containers/json') return this.#described('ContainerList', this.#list(query));
    const [, containerId] = /^\/containers\/([0-9a-f]{64})\/json$/.exec(path) ?? [];
    if (containerId !== undefined) return this.#described('ContainerInspect', this.#inspect(containerId));
    const [, imageId] = /^\/images\/(sha256:[0-9a-f]{64})\/json$/.exec(path) ?? [];
    if (imageId !== undefined) return this.#described('ImageInspect', this.#image(imageId));
    throw this.#refusal(404, 'page not found');
  }

  #judgeVersion(version: string): void {
    if (rank(version) > rank(this.apiVersion)) {
      const most = `Maximum supported API version is ${this.apiVersion}`;
      this.violations.push(`asked for version ${version} of ${this.apiVersion}`);
      throw this.#refusal(400, `client version ${version} is too new. ${most}`);
    }
    if (rank(version) < rank(this.minimum)) {
      const least = `Minimum supported API version is ${this.minimum}, please upgrade your client to a newer version`;
      throw this.#refusal(400, `client version ${version} is too old. ${least}`);
    }
  }

  #info() {
    const { swarmState: LocalNodeState, warnings: Warnings } = this;
    const Swarm = { NodeID: '', LocalNodeState, ControlAvailable: false, Error: '' };
    return { ID: '7TRN:IPZB', Name: 'host-1', ServerVersion: '20.10.24', Swarm, Warnings };
  }

  /** Newest first, as engines list them. */
  #list(query: URLSearchParams) {
    const unknown = [...query.keys()].filter((name) => !['all', 'limit', 'size', 'filters'].includes(name));
    this.violations.push(...unknown.map((name) => `query parameter ${name}`));
    const filters = JSON.parse(query.get('filters') ?? '{}') as Record<string, string[]>;
    const invalid = Object.keys(filters).find((name) => !CONTAINER_FILTERS.includes(name));
    if (invalid !== undefined) throw this.#refusal(400, `invalid filter '${invalid}'`);
    const shown = this.isPodman ? podmanStates(filters['status']) : ['running', 'paused', 'restarting'];
    const running = this.containers.filter(({ state }) => shown.includes(state));
    const candidates = query.has('limit') ? this.containers.slice(0, Number(query.get('limit'))) : running;
    return candidates
      .filter((one) => (filters['label'] ?? []).every((label) => hasLabel(one, label)))
      .toReversed()
      .map(({ id, names, image, imageId, labels, state }) => ({
        ...{ Id: id, Names: names, Image: image, ImageID: imageId, Created: 1_767_323_045 },
        ...{ Labels: labels, State: state, Status: 'Up 2 hours' },
      }));
  }

  #inspect(wanted: string) {
    const found = this.containers.find(({ id }) => id === wanted);
    if (!found) throw this.#refusal(404, `No such container: ${wanted}`);
    const { id, names, image, imageId, labels, stateSince: state = found.state, startedAt } = found;
    const State = { Status: state, Running: state !== 'exited', StartedAt: startedAt, FinishedAt: NEVER };
    const Config = { Image: image, Env: ['TOKEN=container-secret'], Labels: labels };
    return { Id: id, Created: '2026-01-02T03:04:05Z', State, Image: imageId, Name: names[0], Config };
  }

  #image(wanted: string) {
    const found = this.images.find(({ id }) => id === wanted);
    if (!found) throw this.#refusal(404, `No such image: ${wanted}`);
    const { id: Id, repoDigests: RepoDigests, isInContainerd } = found;
    const Descriptor = { mediaType: 'application/vnd.oci.image.index.v1+json', digest: Id, size: 1_609 };
    return {
      ...{ Id, RepoTags: [], RepoDigests, Os: 'linux', Architecture: 'amd64' },
      ...(isInContainerd ? { Descriptor } : {}),
    };
  }

  #libpodImage(wanted: string) {
    const { Id, RepoTags, RepoDigests } = this.#image(wanted);
    const { digest: Digest = Id } = this.images.find(({ id }) => id === wanted)!;
    return { Id: Id.replace('sha256:', ''), Digest, RepoTags, RepoDigests };
  }

  #described(kind: Kind, body: unknown): Answer {
    this.#judge(kind, body);
    return { status: 200, body };
  }

  #refusal(status: number, message: string): HttpAnswer {
    const body = { message };
    this.#judge('ErrorResponse', body);
    return new HttpAnswer(status, body);
  }

  #judge(kind: Kind, body: unknown): void {
    if (this.#ajv.validate(ENGINE_SCHEMAS[kind], body)) return;
    this.violations.push(`${kind}: ${this.#ajv.errorsText()}`);
  }
}

/** https://github.com/containers/podman/blob/v4.3.1/pkg/api/handlers/compat/containers.go */
function podmanStates(asked: readonly string[] = ['running']): readonly string[] {
  const unknown = asked.find((state) => !PODMAN_STATES.includes(state));
  if (unknown !== undefined) throw new HttpAnswer(500, { message: `unknown container state: ${unknown}` });
  return asked;
}

function rank(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 1_000 + minor;
}

function hasLabel({ labels }: FakeContainer, label: string): boolean {
  const [name = '', ...value] = label.split('=');
  if (!labels || !Object.hasOwn(labels, name)) return false;
  return value.length === 0 || labels[name] === value.join('=');
}
