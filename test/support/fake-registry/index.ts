import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';
import type { LoggedRequest } from '../fake-vendor/faults.ts';
import { VendorServer } from '../fake-vendor/server.ts';
import { type AccessOptions, denied, FakeAccess } from './access.ts';
import { FakeRepository } from './content.ts';

export { FakeRepository, type StoredManifest } from './content.ts';

export interface FakeRegistryOptions extends Partial<AccessOptions> {
  /** The path before `/v2/`. */
  readonly basePath?: string;
  /** The token server to which the registry refers clients; by default, its own `/token`. */
  readonly realm?: string;
  /** The path of its own token server; `/token` if absent. */
  readonly tokenPath?: string;
  /** The action needed to list tags, if not `pull`. */
  readonly tagAction?: string;
  /** False for a registry from before version 1.1 of the distribution spec. */
  readonly hasReferrers?: boolean;
  /** Its answer for the missing referrers API, if not a plain 404. */
  readonly insteadOfReferrers?: () => HttpAnswer;
  /** True if a missing tag `sha256-…` stands for the image with that digest. */
  readonly takesTagsForDigests?: boolean;
  /** The answer about referrers of a missing image, if not an empty list. */
  readonly unknownSubject?: { readonly status: number; readonly code: string };
  /** False if there is no catalog for anyone. */
  readonly hasCatalog?: boolean;
  /** Maximum number of names on a page. */
  readonly pageSize?: number;
  /** False if pages have no link to the next page. */
  readonly hasLinks?: boolean;
  /** Extra headers of every answer: quotas, warnings, identification of a vendor. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The vendor's own API. Returns null for other paths, which the registry then answers. May throw HttpAnswer. */
  readonly api?: (request: LoggedRequest, url: URL, raw: string) => Answer | null;
}

/** A registry according to the distribution spec, on the loopback interface. The basis of the vendors' fakes. */
export class FakeRegistry extends VendorServer {
  readonly repositories = new Map<string, FakeRepository>();
  readonly access: FakeAccess;
  /** As in FakeRegistryOptions. */
  realm: string | undefined;
  headers: Readonly<Record<string, string>>;
  readonly #options: FakeRegistryOptions;

  private constructor(options: FakeRegistryOptions) {
    super({ errorType: 'text/plain', basePath: options.basePath ?? '' });
    this.#options = options;
    this.realm = options.realm;
    this.headers = options.headers ?? {};
    const everything: AccessOptions['grants'] = (_user, type) => (type === 'registry' ? ['*'] : ['pull']);
    this.access = new FakeAccess({ auth: 'none', users: {}, grants: everything, tokens: 'jwt', ...options });
  }

  static async start(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
    const registry = new FakeRegistry(options);
    await registry.listen();
    return registry;
  }

  /** The repository of that name, created if needed. */
  repository(name: string): FakeRepository {
    const known = this.repositories.get(name) ?? new FakeRepository();
    this.repositories.set(name, known);
    return known;
  }

  get #tokenPath(): string {
    return this.#options.tokenPath ?? '/token';
  }

  protected override standardHeaders(): Record<string, string> {
    return { ...this.headers };
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
    // The host as the client named it, because there may be a proxy in between.
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

/** As at Distribution, an image is not found if `Accept` lacks its media type. */
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
