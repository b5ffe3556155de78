import type { Answer } from '../fake-vendor/answer.ts';
import type { LoggedRequest } from '../fake-vendor/faults.ts';
import { RouteTable, wrongIn } from '../fake-vendor/route-table.ts';
import { VendorServer } from '../fake-vendor/server.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { notFound, refusal } from './answer.ts';
import { COMMENTS_ROUTES } from './comments-routes.ts';
import { PULLS_ROUTES } from './pulls-routes.ts';
import { REVIEWS_ROUTES } from './reviews-routes.ts';
import { allowScope, type Call, type Context } from './routes.ts';
import { STATUSES_ROUTES } from './statuses-routes.ts';
import type { FakeToken } from './world.ts';

const ROUTES = new RouteTable([
  ...[...ACCOUNT_ROUTES, ...COMMENTS_ROUTES, ...PULLS_ROUTES],
  ...[...REVIEWS_ROUTES, ...STATUSES_ROUTES],
]);

/** Gitea's REST API over HTTP on the loopback interface. */
export class FakeServer extends VendorServer {
  readonly tokens = new Map<string, FakeToken>();
  #context!: Context;

  /** `basePath` is the path of an instance that shares its host, such as `/git`. */
  constructor(basePath: string) {
    super({ errorType: 'text/html', basePath, apiPath: '/api/v1' });
  }

  serve(context: Omit<Context, 'violations'>): void {
    this.#context = { ...context, violations: this.violations };
  }

  protected override answer(logged: LoggedRequest, url: URL): Answer {
    const found = ROUTES.find(logged.method, logged.path);
    if (!found) {
      this.violations.push(`${logged.method} ${logged.path} is no route of the fake`);
      throw notFound();
    }
    const { route, params } = found;
    const token = this.#tokenOf(logged);
    this.violations.push(...wrongIn(logged, found));
    allowScope(token, route, this.#context.world);
    const call: Call = { params, query: url.searchParams, body: (logged.body ?? {}) as Call['body'], token };
    return route.handle(call, this.#context);
  }

  #tokenOf({ headers }: LoggedRequest): FakeToken {
    const value = /^token (.+)$/.exec(String(headers['authorization'] ?? ''))?.[1];
    const token = value === undefined ? undefined : this.tokens.get(value);
    if (!token && this.#context.world.requiresSignIn) {
      throw refusal(403, 'Only signed in user is allowed to call APIs.');
    }
    if (!token) throw refusal(401, 'token is required');
    if (token.user.prohibited) {
      const why = 'This account is prohibited from signing in, please contact your site administrator.';
      throw refusal(403, why);
    }
    return token;
  }
}
