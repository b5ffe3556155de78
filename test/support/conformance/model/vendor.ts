import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { FakeVendor } from '../subject';

export interface Thing {
  readonly id: number;
  /** Kind, place and marker in one. */
  readonly key: string;
  readonly content: unknown;
}

/** The simplest vendor for the suite itself: `POST /session` for a token, then `/things`, `/pull` and `/repositories`. */
export class ModelVendor implements FakeVendor {
  readonly #server: Server;
  readonly #apiKey: string;
  readonly #tokens: string[] = [];
  #things: Thing[] = [];
  #lastId = 0;

  private constructor(apiKey: string) {
    this.#apiKey = apiKey;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(apiKey: string): Promise<ModelVendor> {
    const vendor = new ModelVendor(apiKey);
    vendor.#server.listen(0, '127.0.0.1');
    await once(vendor.#server, 'listening');
    return vendor;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api`;
  }

  stored(): number {
    return this.#things.length;
  }

  secrets(): readonly string[] {
    return this.#tokens;
  }

  reset(): void {
    this.#things = [];
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://model');
    const body = request.method === 'GET' ? {} : ((await json(request)) as Partial<Thing>);
    const [status, answer] = this.#answer(
      `${request.method} ${url.pathname}`,
      url,
      body,
      request.headers.authorization,
    );
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  }

  #answer(route: string, url: URL, body: Partial<Thing>, authorization = ''): [status: number, answer: unknown] {
    const presented = authorization.replace(/^Bearer /, '');
    if (route === 'POST /api/session') {
      if (presented !== this.#apiKey) return [401, { message: 'bad key' }];
      const token = `session-${randomBytes(24).toString('base64url')}`;
      this.#tokens.push(token);
      return [201, { token }];
    }
    if (!this.#tokens.includes(presented)) return [401, { message: 'bad token' }];
    if (route === 'GET /api/things') return [200, { things: this.#find(url.searchParams) }];
    if (route === 'DELETE /api/things') return [200, this.#delete(Number(body.id))];
    if (route === 'GET /api/pull')
      return [200, { headSha: 'c'.repeat(40), state: 'open', draft: false, locked: false }];
    if (route === 'GET /api/repositories') return [200, { names: namesWith(url.searchParams.get('q') ?? '') }];
    if (route === 'POST /api/things') return [201, this.#put(++this.#lastId, body)];
    if (route === 'PUT /api/things') return [200, this.#put(Number(body.id), body)];
    return [404, { message: 'no such route' }];
  }

  #find(query: URLSearchParams): Thing[] {
    const prefix = query.get('prefix');
    return this.#things.filter(({ key }) => (prefix === null ? key === query.get('key') : key.startsWith(prefix)));
  }

  #delete(id: number): object {
    this.#things = this.#things.filter((thing) => thing.id !== id);
    return {};
  }

  #put(id: number, { key = '', content }: Partial<Thing>): Thing {
    const thing = { id, key, content };
    this.#things = [...this.#things.filter((other) => other.id !== id), thing];
    return thing;
  }
}

function namesWith(q: string): string[] {
  return ['anvil', 'bucket', 'crane'].filter((name) => `model/${name}`.includes(q));
}
