import { type CloudAnswer, type CloudCall, FakeCloud } from '../../cloud/__fixtures__/fake-cloud';

export interface FakeGcpVersion {
  readonly number: number;
  /** Base64; undefined for a version that is destroyed. */
  readonly data?: string;
}

/** Secret Manager of Google Cloud, and the Security Token Service that its tokens come from. */
export class FakeSecretManager {
  /** Tokens that are good. */
  readonly tokens = new Set<string>();
  readonly secrets = new Map<string, readonly FakeGcpVersion[]>();
  /** What secrets IAM allows. */
  allowed = /^/;
  /** Answers in place of what follows from the request. */
  override: CloudAnswer | undefined;
  /** What the token service hands out next. */
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

/** As Google words it; the text quotes what an error of ours must not. */
export function gcpError(code: number, status: string): CloudAnswer {
  return {
    status: code,
    body: { error: { code, status, message: `${status} integrations-acme--token tok-123 token-1` } },
  };
}
