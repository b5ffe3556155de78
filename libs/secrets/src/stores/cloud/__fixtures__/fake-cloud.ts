import { EgressClient } from '@integrations/provider-kit';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Acquired, CloudIdentity } from '../held-credential';

export interface CloudCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `null` keeps the caller waiting. */
export type CloudAnswer = {
  readonly status: number;
  readonly body: string | object;
  readonly headers?: Readonly<Record<string, string>>;
} | null;

type Answer = (call: CloudCall) => CloudAnswer | Promise<CloudAnswer>;

/** An HTTP server on 127.0.0.1 in place of a cloud. */
export class FakeCloud implements AsyncDisposable {
  readonly calls: CloudCall[] = [];
  readonly #server: Server;

  private constructor(answer: Answer) {
    this.#server = createServer((request, response) => void this.#serve(answer, request, response));
  }

  static async start(answer: Answer): Promise<FakeCloud> {
    const cloud = new FakeCloud(answer);
    await new Promise<void>((resolve) => cloud.#server.listen(0, '127.0.0.1', resolve));
    return cloud;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', headers, url = '' } = request;
    const call = { method, url: new URL(url, this.origin), headers, body: Buffer.concat(chunks).toString() };
    this.calls.push(call);
    const reply = await answer(call);
    if (!reply) return;
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  }
}

/** An egress client that may call this machine and resolves no names. */
export function loopbackEgress(): EgressClient {
  return new EgressClient({ policy: { allow: ['127.0.0.0/8'] }, userAgent: 'spec', resolve: async () => [] });
}

/** An identity that returns the given values one after the other, then repeats the last one. */
export class ScriptedIdentity<T> implements CloudIdentity<T> {
  acquired = 0;

  constructor(
    private readonly values: readonly T[],
    private readonly expiresAt: number | null = null,
  ) {}

  isAvailable(): { available: boolean } {
    return { available: true };
  }

  async acquire(): Promise<Acquired<T>> {
    const value = this.values[Math.min(this.acquired++, this.values.length - 1)];
    if (value === undefined) throw new Error('no value: secret-of-the-sdk');
    return { value, expiresAt: this.expiresAt };
  }
}
