import type { FieldError, ResolveIntegrationRequest, Validated } from '@integrations/contracts';

/** Where a repository or an image lives. */
export interface Location {
  /** The field of the request that names it. */
  readonly field: 'repositoryUrl' | 'imageRef';
  /** The host in lower case and punycode. */
  readonly host: string;
  /** Empty for the default port. Null over SSH, whose port says nothing about the endpoint's port. */
  readonly port: string | null;
  readonly path: readonly string[];
}

const WEB = ['http:', 'https:'];
const SSH = ['ssh:', 'git:'];
const SSH_ONLY = 'ssh://';
const DECEPTIVE = /[\u0000-\u0020\u007f\\\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** `git@host:owner/repo.git`, the short form of SSH that git takes. https://git-scm.com/docs/git-clone#_git_urls */
const SCP_LIKE = /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?(\[[0-9A-Fa-f:.]+\]|[^@:/[\]]+):(.+)$/;
/** https://github.com/distribution/reference/blob/main/reference.go */
const IMAGE =
  /^([^@]+?)(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z0-9]+)*:[0-9a-fA-F]{32,})?$/;
const IMAGE_NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const DOCKER_HUB = 'docker.io';
const DOCKER_HUB_ALIASES = ['index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'];

/** Reads the one reference of a request. Errors name the field and never quote its value. */
export function readLocation({ repositoryUrl, imageRef }: ResolveIntegrationRequest): Validated<Location> {
  if (repositoryUrl !== undefined && imageRef !== undefined) {
    return refused('imageRef', 'must not be given together with repositoryUrl');
  }
  if (repositoryUrl !== undefined) return readRepository(repositoryUrl);
  if (imageRef !== undefined) return readImage(imageRef);
  return refused('repositoryUrl', 'is required unless imageRef is given');
}

/** A place that a provider serves. The port is null for a place served over SSH only. */
export type Base = Pick<Location, 'host' | 'port' | 'path'>;

/** A base such as `host:port/path`, or `ssh://host/path`; null if it cannot be read. */
export function readBase(base: string): Base | null {
  const isSsh = base.startsWith(SSH_ONLY);
  const url = URL.parse(`https://${isSsh ? base.slice(SSH_ONLY.length) : base}`);
  if (!url || url.username !== '') return null;
  return { host: hubless(bare(url.hostname)), port: isSsh ? null : url.port, path: segmentsOf(url.pathname) };
}

/** The host of a location, with its aliases. */
export function spellingsOf(host: string): readonly string[] {
  return host === DOCKER_HUB ? [DOCKER_HUB, ...DOCKER_HUB_ALIASES] : [host];
}

function readRepository(text: string): Validated<Location> {
  if (DECEPTIVE.test(text))
    return refused('repositoryUrl', 'must not contain spaces, backslashes or control characters');
  if (!text.includes('://')) return readScpLike(text);
  // package.json files prefix the scheme: git+https://…
  const url = URL.parse(text.replace(/^git\+/i, ''));
  if (!url || ![...WEB, ...SSH].includes(url.protocol)) {
    return refused('repositoryUrl', 'must be an http, https, ssh or git URL, or git@host:owner/repo');
  }
  const isWeb = WEB.includes(url.protocol);
  if (url.password !== '' || (isWeb && url.username !== '' && !isOrganization(url))) {
    return refused('repositoryUrl', 'must not contain a user or password');
  }
  if (/[?#]/.test(text)) return refused('repositoryUrl', 'must have no query string and no fragment');
  return repositoryAt(url.hostname, isWeb ? url.port : null, url.pathname);
}

/** Azure DevOps shows clone URLs with the organization as user name. The path contains it too, so it is no secret. */
function isOrganization({ username, pathname }: URL): boolean {
  return username === pathname.split('/')[1];
}

function readScpLike(text: string): Validated<Location> {
  const [, host, path] = SCP_LIKE.exec(text) ?? [];
  if (host === undefined || path === undefined) {
    return refused('repositoryUrl', 'must be a URL, or git@host:owner/repo');
  }
  // user:password@host/path would be read as the path password@host/path on the host user.
  if (path.split('/')[0]?.includes('@')) return refused('repositoryUrl', 'must not contain a user or password');
  return repositoryAt(host, null, path);
}

function repositoryAt(hostname: string, port: string | null, pathname: string): Validated<Location> {
  const host = toHost(hostname);
  if (host === null) return refused('repositoryUrl', 'must name a host');
  const path = segmentsOf(pathname.replace(/\/+$/, '').replace(/\.git$/i, ''));
  if (path.length === 0) return refused('repositoryUrl', 'must name a repository, not only a host');
  if (path.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return refused('repositoryUrl', "must have a path without empty, '.' or '..' segments");
  }
  return { ok: true, value: { field: 'repositoryUrl', host, port, path } };
}

function readImage(text: string): Validated<Location> {
  const name = IMAGE.exec(text)?.[1];
  if (name === undefined) return refused('imageRef', 'must be an image reference: host/name:tag or host/name@digest');
  const [first = '', ...rest] = name.split('/');
  // Docker's rule to distinguish a host from the first part of a name.
  const named = rest.length > 0 && (/[.:A-Z]/.test(first) || first === 'localhost');
  const path = named ? rest : name.split('/');
  const url = URL.parse(`https://${named ? first : DOCKER_HUB}`);
  if (url?.pathname !== '/' || bare(url.hostname) === '')
    return refused('imageRef', 'must begin with a valid host, or have none');
  if (!path.every((segment) => IMAGE_NAME.test(segment))) {
    return refused('imageRef', 'must have a name of lower-case letters, digits, and . _ - between them');
  }
  const host = hubless(bare(url.hostname));
  // Official images have a prefix: https://hub.docker.com/_/alpine is docker.io/library/alpine.
  const full = host === DOCKER_HUB && path.length === 1 ? ['library', ...path] : path;
  return { ok: true, value: { field: 'imageRef', host, port: url.port, path: full } };
}

/** The host as browsers write it: lower case, punycode, dotted IPv4. Null if the text is no host. */
function toHost(text: string): string | null {
  const url = URL.parse(`https://${decodeHost(text)}`);
  const isHost = url?.pathname === '/' && url.username === '' && url.search === '';
  // The host "." becomes empty, which is no host.
  return (isHost && bare(url.hostname)) || null;
}

/** URL parsing leaves the host percent-encoded for schemes other than http and https. */
function decodeHost(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function bare(hostname: string): string {
  return hostname.replace(/\.$/, '');
}

function hubless(host: string): string {
  return DOCKER_HUB_ALIASES.includes(host) ? DOCKER_HUB : host;
}

function segmentsOf(path: string): string[] {
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? [] : trimmed.split('/');
}

function refused(field: FieldError['field'], message: string): { ok: false; errors: FieldError[] } {
  return { ok: false, errors: [{ field, message }] };
}
