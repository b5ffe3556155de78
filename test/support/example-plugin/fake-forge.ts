import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';
import type { LoggedRequest } from '../fake-vendor/faults.ts';
import { VendorServer } from '../fake-vendor/server.ts';

export const TOKEN = 'forge_0123456789abcdefghijklmnopqrstuv';
const LOGIN = 'scanner';
const COMMENTS = '/repositories/acme/shop/pulls/7/comments';
const PAGE = 2;

interface Comment {
  readonly id: number;
  readonly author: string;
  body: string;
}

/** A Forge with one pull request, on which others have already commented. */
export class FakeForge extends VendorServer {
  #comments: Comment[] = [];

  static async start(): Promise<FakeForge> {
    const forge = new FakeForge({ errorType: 'text/html', apiPath: '/v2' });
    await forge.listen();
    forge.reset();
    return forge;
  }

  get ours(): readonly Comment[] {
    return this.#comments.filter(({ author }) => author === LOGIN);
  }

  reset(): void {
    this.#comments = ['Nice.', 'Why?', 'Please rebase.'].map((body, id) => ({ id, author: 'reviewer', body }));
  }

  protected override answer(request: LoggedRequest): Answer {
    const { method, path, query, headers } = request;
    if (headers['authorization'] !== `Bearer ${TOKEN}`) throw new HttpAnswer(401, { error: 'Who are you?' });
    const body = (request.body as { readonly body?: string } | undefined)?.body ?? '';
    const one = path.startsWith(`${COMMENTS}/`) ? this.#comment(Number(path.slice(COMMENTS.length + 1))) : null;
    if (path === '/user') return ok({ login: LOGIN, scopes: ['comments:write', 'repositories:read'] });
    if (path === '/workspaces/acme/repositories') return ok(page(REPOSITORIES, Number(query['size']), query['page']));
    if (method === 'GET' && one) return ok(shown(one));
    if (method === 'GET' && path === COMMENTS) return ok(page(this.#comments.map(shown), PAGE, query['page']));
    if (method === 'PATCH' && one) return ok(shown(Object.assign(one, { body })));
    if (method === 'POST' && path === COMMENTS) return ok(shown(this.#add(body)));
    throw new HttpAnswer(404, { error: 'Not here' });
  }

  #comment(id: number): Comment | null {
    return this.#comments.find((comment) => comment.id === id) ?? null;
  }

  #add(body: string): Comment {
    const comment = { id: this.#comments.length, author: LOGIN, body };
    this.#comments.push(comment);
    return comment;
  }
}

const REPOSITORIES = ['shop', 'cart', 'till'].map((name, id) => ({
  ...{ id, owner: 'acme', name },
  url: `https://forge.example/acme/${name}`,
}));

function shown(comment: Comment): object {
  return { ...comment, url: `https://forge.example/acme/shop/pulls/7#${comment.id}` };
}

function page(items: readonly object[], size: number, number = '1'): object {
  const end = Number(number) * size;
  return { items: items.slice(end - size, end), hasMore: end < items.length };
}

function ok(body: object): Answer {
  return { status: 200, body };
}
