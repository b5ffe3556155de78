import { generateKeyPairSync, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { FakeRegistry } from '../../../../../test/support/fake-registry';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';

export const PROJECT = 'acme-prod';
export const LOCATION = 'europe-west1';
export const IMAGES = 'images';
export const REPOSITORY = `${PROJECT}/${IMAGES}/app`;
export const TAG = 'stable';
export const EMAIL = 'scanner@acme-prod.iam.gserviceaccount.com';
export const AUDIENCE =
  '//iam.googleapis.com/projects/1234/locations/global/workloadIdentityPools/cluster/providers/kubernetes';
export const SUBJECT = 'system:serviceaccount:integrations:health-worker';
/** The number of the account that a host's metadata server issues tokens for. */
export const HOST = '1234';
export const READER = ['artifactregistry.repositories.downloadArtifacts', 'artifactregistry.packages.list'];

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const KEY_ID = '0123456789abcdef0123456789abcdef01234567';
const KEYS = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const CLUSTER = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const REPOSITORIES = `/v1/projects/${PROJECT}/locations/${LOCATION}/repositories`;
const PAGE = 2;

/** A key file as Google's console creates it. */
export function keyFile(privateKey: KeyObject = KEYS.privateKey, email = EMAIL): string {
  const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return JSON.stringify({ type: 'service_account', private_key_id: KEY_ID, private_key, client_email: email });
}

/** A workload's token, signed by its cluster; `ttl` in seconds. */
export function workloadToken(ttl = 3_600, key: KeyObject = CLUSTER.privateKey): string {
  const now = Math.floor(Date.now() / 1_000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: 'https://cluster.example/oidc', sub: SUBJECT, aud: [AUDIENCE], iat: now, exp: now + ttl };
  const input = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

/** Artifact Registry with one project, and the token services of Google, on one port. */
export class FakeGoogle {
  /** The issued access tokens and the identities that hold them. */
  readonly issued = new Map<string, string>();
  permissions: readonly string[] = READER;
  /** The project's repositories and their formats. Any other repository is not found. */
  repositories: readonly { readonly name: string; readonly format: string }[] = [{ name: IMAGES, format: 'DOCKER' }];
  /** Why Google refuses all calls of the project's API, such as `SERVICE_DISABLED`. */
  refusal: string | undefined;
  /** Google refuses a workload's token that is too old, even before it expires. */
  isTokenStale = false;

  private constructor(
    readonly registry: FakeRegistry,
    readonly users: Record<string, string>,
  ) {}

  static async start(): Promise<FakeGoogle> {
    const users: Record<string, string> = {};
    const fake: FakeGoogle = new FakeGoogle(
      await FakeRegistry.start({
        ...{ auth: 'token', tokens: 'opaque', tokenPath: '/v2/token', users, hasCatalog: false },
        api: (request, _url, raw) => fake.#api(request, raw),
      }),
      users,
    );
    for (const name of [REPOSITORY, `${PROJECT}/${IMAGES}/team/tools`, `${PROJECT}/${IMAGES}/base`]) {
      fake.registry.repository(name).push(TAG);
    }
    return fake;
  }

  /** Revokes all issued tokens, as an administrator could. */
  revoke(): void {
    this.issued.clear();
  }

  /** An access token as if obtained elsewhere. */
  issue(identity: string): string {
    const token = `ya29.${randomBytes(24).toString('base64url')}`;
    this.issued.set(token, identity);
    this.users['oauth2accesstoken'] = token;
    return token;
  }

  #api(request: LoggedRequest, raw: string): Answer | null {
    const { method, path } = request;
    if (path === '/token') return this.#token(byKey(new URLSearchParams(raw)));
    if (path === '/v1/token' && this.isTokenStale) throw noGrant('ID Token issued at 1713260741 is stale to sign-in.');
    if (path === '/v1/token') return this.#token(byWorkload(new URLSearchParams(raw)));
    if (path === '/tokeninfo') return this.#tokenInfo(request);
    if (path === `/v1/projects/-/serviceAccounts/${EMAIL}:generateAccessToken`) return this.#impersonate(request);
    if (path === '/v2/token' && !this.permissions.includes(READER[0]!)) throw denied(READER[0]!);
    if (!path.startsWith('/v1/')) return null;
    if (!this.issued.has(bearerOf(request)))
      throw refusal(401, 'UNAUTHENTICATED', 'invalid authentication credentials');
    if (this.refusal !== undefined)
      throw refusal(403, 'PERMISSION_DENIED', 'not for this project', [{ reason: this.refusal }]);
    if (method === 'GET' && path === REPOSITORIES) return this.#list(request);
    const [, repository = '', rest = ''] = /^\/([a-z-]+)([:/].+)$/.exec(path.slice(REPOSITORIES.length)) ?? [];
    if (!path.startsWith(REPOSITORIES) || !this.repositories.some(({ name }) => name === repository))
      throw refusal(404, 'NOT_FOUND', 'not found');
    if (method === 'POST' && rest === ':testIamPermissions') {
      const { permissions: asked } = request.body as { readonly permissions: readonly string[] };
      const permissions = asked.filter((one) => this.permissions.includes(one));
      return { status: 200, body: permissions.length === 0 ? {} : { permissions } };
    }
    if (method !== 'GET' || rest !== '/packages') throw refusal(404, 'NOT_FOUND', 'not found');
    return this.#packages(request, repository);
  }

  #token(identity: string): Answer {
    const access_token = this.issue(identity);
    return { status: 200, body: { access_token, expires_in: 3_599, token_type: 'Bearer' } };
  }

  /** Does not know federated tokens, like Google's own. */
  #tokenInfo(request: LoggedRequest): Answer {
    const identity = this.issued.get(bearerOf(request));
    if (request.method !== 'POST' || !identity || identity === SUBJECT)
      throw new HttpAnswer(400, { error: 'invalid_token', error_description: 'Invalid Value' });
    return { status: 200, body: { azp: '1234', ...(identity.includes('@') ? { email: identity } : {}) } };
  }

  #impersonate(request: LoggedRequest): Answer {
    if (![SUBJECT, HOST].includes(this.issued.get(bearerOf(request)) ?? ''))
      throw refusal(403, 'PERMISSION_DENIED', 'getAccessToken denied');
    const accessToken = this.issue(EMAIL);
    return { status: 200, body: { accessToken, expireTime: new Date(Date.now() + 3_600_000).toISOString() } };
  }

  #list({ query }: LoggedRequest): Answer {
    const at = Number(query['pageToken'] ?? 0);
    const next = at + Number(query['pageSize']);
    const repositories = this.repositories.slice(at, next).map(({ name, format }) => ({
      ...{ name: `${REPOSITORIES.slice(4)}/${name}`, format },
    }));
    return {
      status: 200,
      body: { repositories, ...(next < this.repositories.length ? { nextPageToken: `${next}` } : {}) },
    };
  }

  #packages({ query }: LoggedRequest, repository: string): Answer {
    const prefix = `${PROJECT}/${repository}/`;
    const names = [...this.registry.repositories.keys()].filter((name) => name.startsWith(prefix));
    const from = Number(query['pageToken'] ?? 0);
    const size = Math.min(PAGE, Number(query['pageSize']));
    const packages = names.slice(from, from + size).map((name) => ({
      name: `${REPOSITORIES.slice(4)}/${repository}/packages/${encodeURIComponent(name.slice(prefix.length))}`,
    }));
    const isLast = from + size >= names.length;
    return { status: 200, body: { packages, ...(isLast ? {} : { nextPageToken: String(from + size) }) } };
  }
}

function byKey(form: URLSearchParams): string {
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') throw noGrant('unsupported');
  const { header, claims } = verified(form.get('assertion') ?? '', KEYS.publicKey, 'Invalid JWT Signature.');
  if (header['kid'] !== KEY_ID || header['alg'] !== 'RS256') throw noGrant('Invalid JWT Signature.');
  if (claims['iss'] !== EMAIL) throw noGrant('Invalid grant: account not found');
  if (claims['aud'] !== 'https://oauth2.googleapis.com/token' || claims['scope'] !== SCOPE) throw noGrant('bad claims');
  const now = Date.now() / 1_000;
  const [iat, exp] = [Number(claims['iat']), Number(claims['exp'])];
  if (iat > now + 300 || exp < now || exp - iat > 3_600) {
    throw noGrant('Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.');
  }
  return EMAIL;
}

function byWorkload(form: URLSearchParams): string {
  const type = 'urn:ietf:params:oauth:token-type:';
  const expected = {
    ...{ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', audience: AUDIENCE, scope: SCOPE },
    ...{ requested_token_type: `${type}access_token`, subject_token_type: `${type}jwt` },
  };
  if (form.get('audience') !== AUDIENCE) throw new HttpAnswer(400, { error: 'invalid_target' });
  for (const [field, value] of Object.entries(expected)) if (form.get(field) !== value) throw noGrant(`bad ${field}`);
  const { claims } = verified(form.get('subject_token') ?? '', CLUSTER.publicKey, 'The ID Token is not signed.');
  if (Number(claims['exp']) * 1_000 < Date.now()) throw noGrant('ID Token has expired.');
  return String(claims['sub']);
}

function verified(jwt: string, key: KeyObject, otherwise: string) {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const isSigned = verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
  if (!isSigned) throw noGrant(otherwise);
  const read = (part: string) =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Readonly<Record<string, unknown>>;
  return { header: read(header), claims: read(payload) };
}

function bearerOf({ headers }: LoggedRequest): string {
  return String(headers['authorization']).replace(/^Bearer /, '');
}

function noGrant(error_description: string): HttpAnswer {
  return new HttpAnswer(400, { error: 'invalid_grant', error_description });
}

function refusal(code: number, status: string, message: string, details: readonly object[] = []): HttpAnswer {
  return new HttpAnswer(code, { error: { code, status, message, details } });
}

function denied(permission: string): HttpAnswer {
  const message = `Permission "${permission}" denied on resource (or it may not exist)`;
  return new HttpAnswer(403, { errors: [{ code: 'DENIED', message }] });
}
