import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';
import type { LoggedRequest } from '../fake-vendor/faults.ts';
import { VendorServer } from '../fake-vendor/server.ts';
import { type AccessOptions, denied, FakeAccess } from './access.ts';
import { FakeRepository } from './content.ts';

export { FakeRepository, type StoredManifest } from './content.ts';

export interface FakeRegistryOptions extends Partial<AccessOptions> {
  /** Before `/v2/`. */
  readonly basePath?: string;
  /** Where the registry sends clients for tokens; at `/token` of itself if absent. */
  readonly realm?: string;
  /** The path of its own token server; `/token` if absent. */
  readonly tokenPath?: string;
  /** What listing tags needs, where `pull` is not it. */
  readonly tagAction?: string;
  /** False: a registry from before the distribution spec 1.1. */
  readonly hasReferrers?: boolean;
  /** What it then answers, where that is not that there is no such place. */
  readonly insteadOfReferrers?: () => HttpAnswer;
  /** True: where there is no tag `sha256-…`, the image of that digest is meant. */
  readonly takesTagsForDigests?: boolean;
  /** What is said of referrers to an image that is not there, where that is not that there are none. */
  readonly unknownSubject?: { readonly status: number; readonly code: string };
  /** False: none for anybody. */
  readonly hasCatalog?: boolean;
  /** At most so many names on a page. */
  readonly pageSize?: number;
  /** False: no page says that there is another. */
  readonly hasLinks?: boolean;
  /** Of every answer: quotas, warnings, what a vendor is known by. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The vendor's own API: null for what is none of its paths, which then are the registry's. May throw HttpAnswer. */
  readonly api?: (request: LoggedRequest, url: URL, raw: string) => Answer | null;
}

/** A registry by the distribution spec, on the loopback interface, as a base of the fakes of vendors. */
export class FakeRegistry extends VendorServer {
  readonly repositories = new Map<string, FakeRepository>();
  readonly access: FakeAccess;
  /** As in FakeRegistryOptions. */
  realm: string | undefined;
  readonly #options: FakeRegistryOptions;

  private constructor(options: FakeRegistryOptions) {
    super({ errorType: 'text/plain', basePath: options.basePath ?? '' });
    this.#options = options;
    this.realm = options.realm;
    const everything: AccessOptions['grants'] = (_user, type) => (type === 'registry' ? ['*'] : ['pull']);
    this.access = new FakeAccess({ auth: 'none', users: {}, grants: everything, tokens: 'jwt', ...options });
  }

  static async start(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
    const registry = new FakeRegistry(options);
    await registry.listen();
    return registry;
  }

  /** A repository, made if need be. */
  repository(name: string): FakeRepository {
    const known = this.repositories.get(name) ?? new FakeRepository();
    this.repositories.set(name, known);
    return known;
  }

  get #tokenPath(): string {
    return this.#options.tokenPath ?? '/token';
  }

  protected override standardHeaders(): Record<string, string> {
    return { ...this.#options.headers };
  }

  protected override answer(request: LoggedRequest, url: URL, raw: string): Answer {
    const own = this.#options.api?.(request, url, raw);
    if (own) return own;
    if (request.path === this.#tokenPath) return { status: 200, body: this.access.exchange(request, url, raw) };
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new HttpAnswer(405, denied('UNSUPPORTED'));
    return this.#registry(request, url);
  }

  #registry(request: LoggedRequest, url: URL): Answer {
    const { path } = request;
    if (path === '/v2/') return this.#checked(request, '', () => ({ status: 200, body: {} }));
    if (path === '/v2/_catalog') return this.#checked(request, 'registry:catalog:*', () => this.#catalog(url));
    const [, name = '', kind = '', reference = ''] =
      /^\/v2\/(.+?)\/(tags|manifests|referrers)\/([^/]+)$/.exec(path) ?? [];
    if (name === '') throw notFound();
    const action = kind === 'tags' ? (this.#options.tagAction ?? 'pull') : 'pull';
    return this.#checked(request, `repository:${name}:${action}`, () => {
      const repository = this.repositories.get(name);
      if (!repository) throw new HttpAnswer(404, denied('NAME_UNKNOWN'));
      if (kind === 'tags') return this.#page(url, 'tags', [...repository.tags.keys()].sort(), { name });
      if (kind === 'referrers') return this.#referrers(repository, reference);
      const isDigest = this.#options.takesTagsForDigests === true && !repository.tags.has(reference);
      return manifest(request, repository, isDigest ? reference.replace(/^sha256-/, 'sha256:') : reference);
    });
  }

  #checked(request: LoggedRequest, scope: string, answer: () => Answer): Answer {
    // As the client named this registry: there may be a proxy in between.
    const realm = this.realm ?? `http://${request.headers['host']}${this.#options.basePath ?? ''}${this.#tokenPath}`;
    this.access.check(request, realm, scope);
    return answer();
  }

  #catalog(url: URL): Answer {
    if (this.#options.hasCatalog === false) throw notFound();
    return this.#page(url, 'repositories', [...this.repositories.keys()].sort(), {});
  }

  #page(url: URL, field: string, names: readonly string[], beside: object): Answer {
    const asked = Number(url.searchParams.get('n') ?? 100);
    const size = Math.min(asked, this.#options.pageSize ?? 1_000);
    const last = url.searchParams.get('last');
    const rest = last === null ? names : names.filter((name) => name > last);
    const page = rest.slice(0, size);
    const query = `last=${encodeURIComponent(page.at(-1) ?? '')}&n=${asked}`;
    const body = { ...beside, [field]: page };
    if (rest.length <= size || this.#options.hasLinks === false) return { status: 200, body };
    return { status: 200, body, headers: { link: `<${url.pathname}?${query}>; rel="next"` } };
  }

  #referrers(repository: FakeRepository, digest: string): Answer {
    const { hasReferrers, insteadOfReferrers = notFound, unknownSubject } = this.#options;
    if (hasReferrers === false) throw insteadOfReferrers();
    if (unknownSubject && !repository.find(digest)) {
      throw new HttpAnswer(unknownSubject.status, denied(unknownSubject.code));
    }
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const body = JSON.stringify({ schemaVersion: 2, mediaType, manifests: repository.referrers(digest) });
    return { status: 200, body, headers: { 'content-type': mediaType } };
  }
}

/** With a wrong `Accept` an image is not found, as at Distribution. */
function manifest({ headers }: LoggedRequest, repository: FakeRepository, reference: string): Answer {
  const found = repository.find(reference);
  if (!found || !String(headers['accept']).includes(found.mediaType))
    throw new HttpAnswer(404, denied('MANIFEST_UNKNOWN'));
  const { body, mediaType, digest } = found;
  const length = String(Buffer.byteLength(body));
  return {
    status: 200,
    body,
    headers: { 'content-type': mediaType, 'docker-content-digest': digest, 'content-length': length },
  };
}

function notFound(): HttpAnswer {
  return new HttpAnswer(404, '404 page not found\n', { 'content-type': 'text/plain; charset=utf-8' });
}
