import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';
import type { LoggedRequest } from '../fake-vendor/faults.ts';
import { RouteTable, wrongAnswer, wrongIn } from '../fake-vendor/route-table.ts';
import { VendorServer } from '../fake-vendor/server.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { refusal } from './answer.ts';
import { BUILDS_ROUTES } from './builds-routes.ts';
import { type FakePrincipal, issueToken, LOGIN } from './entra.ts';
import { PULL_REQUESTS_ROUTES } from './pull-requests-routes.ts';
import { allowScope, type Call, type Context, type FakeCredential, type Route } from './routes.ts';
import { STATUSES_ROUTES } from './statuses-routes.ts';
import { THREADS_ROUTES } from './threads-routes.ts';

export interface ServerOptions {
  /** The path of the organization or collection, such as `/acme` or `/tfs/Collection`. */
  readonly basePath: string;
  /** How it asks a client to sign in: as the request wants it, with a web page, or by a redirect. */
  readonly signIn: 'as asked' | 'page' | 'redirect';
  readonly principal: FakePrincipal;
}

const ALL = [...ACCOUNT_ROUTES, ...PULL_REQUESTS_ROUTES, ...STATUSES_ROUTES, ...THREADS_ROUTES, ...BUILDS_ROUTES];
const ROUTES = new RouteTable(ALL.map((route) => ({ ...route, query: ['api-version', ...(route.query ?? [])] })));
const SIGN_IN = '<html><head><title>Sign in to your account</title></head></html>';

/** The REST API of Azure DevOps, and the token endpoint of Entra ID, over HTTP on the loopback interface. */
export class FakeServer extends VendorServer {
  /** By the token. */
  readonly credentials = new Map<string, FakeCredential>();
  /** The issued tokens. */
  readonly issued: string[] = [];
  /** Extra headers of all answers, such as those of rate limits. */
  headers: Readonly<Record<string, string>> = {};
  readonly #options: ServerOptions;
  #context!: Context;

  constructor(options: ServerOptions) {
    super({ errorType: 'text/html', basePath: options.basePath });
    this.#options = options;
  }

  serve(context: Context): void {
    this.#context = context;
  }

  protected override pathOf(url: URL): string | null {
    return url.pathname.startsWith(`${LOGIN}/`) ? url.pathname : super.pathOf(url);
  }

  protected override answer(logged: LoggedRequest, url: URL, raw: string): Answer {
    if (logged.path.startsWith(LOGIN)) return this.#token(logged, raw);
    const credential = this.#credentialOf(logged);
    const found = ROUTES.find(logged.method, logged.path);
    if (!found) {
      this.violations.push(`${logged.method} ${logged.path} is no route of the fake`);
      return { status: 404, body: '<html><title>404 - File or directory not found.</title></html>' };
    }
    const { route, params } = found;
    this.violations.push(...wrongIn(logged, found));
    this.#allowVersion(url, route);
    allowScope(credential, route);
    const call: Call = { params, query: url.searchParams, body: (logged.body ?? {}) as Call['body'], credential };
    const answer = route.handle(call, this.#context);
    this.violations.push(...wrongAnswer(answer.body, found));
    return answer;
  }

  #token({ path }: LoggedRequest, raw: string): Answer {
    const { principal } = this.#options;
    const answer = issueToken(path, raw, principal, this.violations);
    const { access_token: token } = answer.body as { access_token: string };
    const identity = { id: principal.clientId, displayName: 'scanner', uniqueName: principal.clientId };
    this.credentials.set(token, { identity, scopes: 'all', isExpired: false });
    this.issued.push(token);
    return answer;
  }

  #credentialOf({ headers }: LoggedRequest): FakeCredential {
    const [, scheme, value = ''] = /^(Basic|Bearer) (.+)$/.exec(String(headers['authorization'] ?? '')) ?? [];
    const basic = Buffer.from(value, 'base64').toString();
    const token = scheme === 'Basic' ? basic.replace(/^:/, '') : value;
    const credential = this.credentials.get(token);
    if (credential && !credential.isExpired) return credential;
    const why = credential
      ? 'Access Denied: The Personal Access Token used has expired.'
      : 'TF400813: Resource not available for anonymous access. Client authentication required.';
    throw this.#signIn(headers['x-tfs-fedauthredirect'] === 'Suppress', why);
  }

  #signIn(isSuppressed: boolean, why: string): HttpAnswer {
    const { signIn } = this.#options;
    if (signIn === 'redirect') {
      const location = 'https://spsprodweu1.vssps.visualstudio.com/_signin?realm=dev.azure.com';
      return new HttpAnswer(302, SIGN_IN, { location });
    }
    if (signIn === 'page' || !isSuppressed) return new HttpAnswer(203, SIGN_IN);
    const wants = 'Bearer authorization_uri=https://login.microsoftonline.com/0, Basic realm="https://dev.azure.com/"';
    return new HttpAnswer(401, '', { 'www-authenticate': wants, 'x-tfs-serviceerror': encodeURIComponent(why) });
  }

  #allowVersion(url: URL, { preview }: Route): void {
    const [, version = '', isPreview] = /^(\d\.\d)(-preview)?$/.exec(url.searchParams.get('api-version') ?? '') ?? [];
    const { apiVersion } = this.#context.world;
    if (version === '') throw refusal(400, 'VssVersionNotSpecifiedException', 'No api-version was supplied.');
    if (Number(version) > Number(apiVersion)) {
      const message = `The requested REST API version of ${version} is out of range for this server. The latest REST API version this server supports is ${apiVersion}.`;
      throw refusal(400, 'VssVersionOutOfRangeException', message);
    }
    if (preview && !isPreview) throw refusal(400, 'VssInvalidPreviewVersionException', 'It is under preview.');
  }

  protected override standardHeaders(): Record<string, string> {
    return { 'x-vss-e2eid': '0', ...this.headers };
  }
}
