import { type FakeAnswer, type FakeRequest, FakeService } from './fake-service';

interface Token {
  ttl: number;
  renewable: boolean;
  until: number;
}

/**
 * The part of the API of Vault and OpenBao that the store uses, including errors: KV 1 at `kv1`, KV 2 at `secret`, tokens,
 * AppRole at `auth/approle`, service accounts at `auth/kubernetes`. The policy of all tokens allows paths below
 * `integrations/`. https://developer.hashicorp.com/vault/api-docs
 */
export class FakeVault implements AsyncDisposable {
  now = Date.parse('2026-01-01T00:00:00Z');
  sealed = false;
  /** TTL of a token from a login, in seconds. */
  ttl = 3_600;
  renewable = true;
  /** TTL after a renewal, in seconds; shrinks as a token nears its maximum. */
  renewedTtl = 3_600;
  lookupAllowed = true;
  secretId = 's3cret-id-of-approle';
  jwt = 'eyJ.service.account';
  /** KV 1 gives no lease, but a number of seconds after which to look again: the secret's `ttl` or the mount's default. */
  kv1Lease = { lease_id: '', lease_duration: 2_764_800 };
  readonly kv1 = new Map<string, object>();
  readonly kv2 = new Map<string, Array<{ data: object | null; deletionTime?: string }>>();
  readonly tokens = new Map<string, Token>();
  #issued = 0;

  private constructor(readonly service: FakeService) {}

  static async start(): Promise<FakeVault> {
    const service = await FakeService.start(() => ({}));
    const vault = new FakeVault(service);
    service.handle = (request) => vault.#answer(request);
    return vault;
  }

  addToken(text: string, ttl = 0, renewable = false): void {
    this.tokens.set(text, { ttl, renewable, until: ttl === 0 ? Infinity : this.now + ttl * 1_000 });
  }

  revokeAll(): void {
    this.tokens.clear();
  }

  get logins(): number {
    return this.service.requestLines.filter((line) => line.endsWith('/login')).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service[Symbol.asyncDispose]();
  }

  #answer(request: FakeRequest): FakeAnswer {
    if (this.sealed) return failure(503, 'Vault is sealed');
    if (request.headers['x-vault-request'] !== 'true') return failure(400, 'missing X-Vault-Request header');
    const { pathname, searchParams } = new URL(request.path, 'http://vault');
    const path = decodeURIComponent(pathname).replace('/v1/', '');
    if (request.method === 'POST' && path === 'auth/approle/login') {
      const isValid = request.body['role_id'] === 'role' && request.body['secret_id'] === this.secretId;
      return isValid ? this.#logIn() : failure(400, 'invalid role or secret ID');
    }
    if (request.method === 'POST' && path === 'auth/kubernetes/login') {
      return request.body['jwt'] === this.jwt ? this.#logIn() : failure(403, 'permission denied');
    }
    const token = this.#tokenOf(request);
    if (!token) return failure(403, 'permission denied', 'invalid token');
    if (request.method === 'POST' && path === 'auth/token/renew-self') return this.#renew(request, token);
    if (request.method !== 'GET') return failure(405);
    if (path === 'auth/token/lookup-self') {
      const ttl = token.ttl === 0 ? 0 : Math.floor((token.until - this.now) / 1_000);
      return this.lookupAllowed ? { body: { data: { ttl, renewable: token.renewable } } } : failure(403, 'denied');
    }
    const [mount, ...rest] = path.split('/');
    if (mount === 'kv1') return this.#readKv1(rest.join('/'));
    if (mount === 'secret' && rest[0] === 'data') return this.#readKv2(rest.slice(1).join('/'), searchParams);
    return failure(404, `no handler for route "${path}". route entry not found.`);
  }

  #tokenOf({ headers }: FakeRequest): Token | undefined {
    const token = this.tokens.get(String(headers['x-vault-token']));
    return token && this.now < token.until ? token : undefined;
  }

  #logIn(): FakeAnswer {
    const text = `hvs.login-${++this.#issued}`;
    this.addToken(text, this.ttl, this.renewable);
    return { body: { auth: { client_token: text, lease_duration: this.ttl, renewable: this.renewable } } };
  }

  #renew({ headers }: FakeRequest, token: Token): FakeAnswer {
    if (!token.renewable) return failure(400, 'lease is not renewable');
    token.until = this.now + this.renewedTtl * 1_000;
    const auth = { client_token: headers['x-vault-token'], lease_duration: this.renewedTtl, renewable: true };
    return { body: { auth } };
  }

  #readKv1(path: string): FakeAnswer {
    if (!path.startsWith('integrations/')) return failure(403, '1 error occurred:\n\t* permission denied\n\n');
    const data = this.kv1.get(path);
    return data ? { body: { ...this.kv1Lease, data } } : failure(404);
  }

  #readKv2(path: string, query: URLSearchParams): FakeAnswer {
    if (!path.startsWith('integrations/')) return failure(403, '1 error occurred:\n\t* permission denied\n\n');
    const versions = this.kv2.get(path);
    if (!versions) return failure(404);
    const version = Number(query.get('version') ?? versions.length);
    const found = versions[version - 1];
    if (!found) return failure(404);
    const metadata = { version, destroyed: false, deletion_time: found.deletionTime ?? '' };
    const status = found.data ? 200 : 404;
    return { status, body: { lease_duration: 0, data: { data: found.data, metadata } } };
  }
}

function failure(status: number, ...errors: readonly string[]): FakeAnswer {
  return { status, body: { errors } };
}
