import { type CloudAnswer, type CloudCall, FakeCloud } from '../../cloud/__fixtures__/fake-cloud';

export interface FakeGcpVersion {
  readonly number: number;
  /** Base64; undefined for a version that is destroyed. */
  readonly data?: string;
}

/** Google Cloud Secret Manager, and the Security Token Service that issues its tokens. */
export class FakeSecretManager {
  /** The valid tokens. */
  readonly tokens = new Set<string>();
  readonly secrets = new Map<string, readonly FakeGcpVersion[]>();
  /** The secrets that IAM allows. */
  allowed = /^/;
  /** If set, the answer to every request. */
  override: CloudAnswer | undefined;
  /** The next token from the token service. */
  nextToken = '';

  constructor(private readonly project: string) {}

  start(): Promise<FakeCloud> {
    return FakeCloud.start((call) =>
      call.url.pathname === '/sts/v1/token' ? this.#exchange(call) : this.#answer(call),
    );
  }

  #exchange({ body }: CloudCall): CloudAnswer {
    if (new URLSearchParams(body).get('subject_token') !== 'subject-of-the-workload') {
      return { status: 400, body: { error: 'invalid_grant', error_description: 'tok-123' } };
    }
    const issued = 'urn:ietf:params:oauth:token-type:access_token';
    const answer = { access_token: this.nextToken, issued_token_type: issued, token_type: 'Bearer', expires_in: 3600 };
    return { status: 200, body: answer };
  }

  #answer({ method, url, headers }: CloudCall): CloudAnswer {
    if (this.override !== undefined) return this.override;
    const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    if (!this.tokens.has(bearer)) return gcpError(401, 'UNAUTHENTICATED');
    const [, project, id = '', version = ''] =
      /^\/v1\/projects\/([^/]+)\/secrets\/([^/]+)\/versions\/([^/:]+):access$/.exec(url.pathname) ?? [];
    if (method !== 'GET' || project !== this.project) return gcpError(404, 'NOT_FOUND');
    if (!this.allowed.test(id)) return gcpError(403, 'PERMISSION_DENIED');
    const versions = this.secrets.get(id) ?? [];
    const found = version === 'latest' ? versions.at(-1) : versions.find(({ number }) => `${number}` === version);
    if (!found) return gcpError(404, 'NOT_FOUND');
    if (found.data === undefined) return gcpError(400, 'FAILED_PRECONDITION');
    const name = `projects/123456789/secrets/${id}/versions/${found.number}`;
    return {
      status: 200,
      body: { name, payload: { ...(found.data === '' ? {} : { data: found.data }), dataCrc32c: '1' } },
    };
  }
}

/** An error as Google words it. The text contains what our errors must not quote. */
export function gcpError(code: number, status: string, details?: readonly object[]): CloudAnswer {
  const message = `${status} integrations-acme--token tok-123 token-1`;
  return { status: code, body: { error: { code, status, message, ...(details ? { details } : {}) } } };
}
