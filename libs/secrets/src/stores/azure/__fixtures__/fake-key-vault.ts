import { type CloudAnswer, type CloudCall, FakeCloud } from '../../cloud/__fixtures__/fake-cloud';

export interface FakeAzureVersion {
  /** 32 hexadecimal digits. */
  readonly version: string;
  readonly value: string;
  /** Seconds since the epoch. */
  readonly exp?: number;
  readonly disabled?: boolean;
}

/** Key Vault, and App Service's endpoint for tokens of a managed identity. */
export class FakeKeyVault {
  /** The valid tokens. */
  readonly tokens = new Set<string>();
  /** By lower-case name: Key Vault ignores the case of names. */
  readonly secrets = new Map<string, readonly FakeAzureVersion[]>();
  /** The secret names that the access policy allows. */
  allowed = /^/;
  /** If set, the answer to every request. */
  override: CloudAnswer | undefined;
  /** The next token from the identity endpoint. */
  nextToken = '';

  start(): Promise<FakeCloud> {
    return FakeCloud.start((call) => (call.url.pathname === '/msi/token' ? this.#identify(call) : this.#answer(call)));
  }

  #identify({ url, headers }: CloudCall): CloudAnswer {
    const isKnown = headers['x-identity-header'] === 'header-of-the-app';
    if (!isKnown || url.searchParams.get('resource') !== 'https://vault.azure.net')
      return azureError(400, 'BadRequest');
    const expires_on = `${Math.floor(Date.now() / 1000) + 86_400}`;
    return { status: 200, body: { access_token: this.nextToken, expires_on, resource: 'r', token_type: 'Bearer' } };
  }

  #answer({ method, url, headers }: CloudCall): CloudAnswer {
    if (this.override !== undefined) return this.override;
    const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    if (!this.tokens.has(bearer)) return azureError(401, 'Unauthorized');
    const [, name = '', version] = /^\/secrets\/([^/]+)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    if (method !== 'GET' || url.searchParams.get('api-version') !== '7.4') return azureError(400, 'BadParameter');
    if (!this.allowed.test(name)) return azureError(403, 'Forbidden');
    const versions = this.secrets.get(name.toLowerCase()) ?? [];
    const found = version === undefined ? versions.at(-1) : versions.find((each) => each.version === version);
    if (!found) return azureError(404, 'SecretNotFound');
    if (found.disabled) return azureError(403, 'Forbidden');
    const attributes = { enabled: true, created: 1, ...(found.exp === undefined ? {} : { exp: found.exp }) };
    const id = `https://my-vault.vault.azure.net/secrets/${name}/${found.version}`;
    return { status: 200, body: { value: found.value, id, attributes } };
  }
}

/** An error as Azure words it. The text contains what our errors must not quote. */
export function azureError(status: number, code: string, innerCode = 'AccessDenied'): CloudAnswer {
  const message = `${code} integrations-acme--token tok-123 token-1`;
  return { status, body: { error: { code, message, innererror: { code: innerCode } } } };
}
