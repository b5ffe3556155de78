import { createHash } from 'node:crypto';
import { IdempotencyRepository, type KeyedRequest, type StoredAnswer } from '@integrations/database';
import { RecurringFailure } from '@integrations/telemetry';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import type { Caller } from '../access/caller';
import { invalid, Refusal } from '../refusal';

const HEADER = 'idempotency-key';
const KEY = /^[\x20-\x7e]{1,255}$/;
/** The response headers that are kept with the body. */
const HEADERS = ['content-type', 'etag', 'location'];
const NO_BODY = hashOf('');

/**
 * Idempotency keys over HTTP. A key is claimed before the handler acts, and the response is kept before it is sent. A
 * repeated request therefore gets the first response, even if that was lost. If the process dies in between, the key
 * stays claimed for two minutes; a repeat after that acts, because nobody can tell whether the first request did.
 */
@Injectable()
export class IdempotencyKeys {
  readonly #bodies = new WeakMap<FastifyRequest, string>();
  readonly #claims = new WeakMap<FastifyRequest, KeyedRequest>();
  readonly #replays = new WeakMap<FastifyRequest, StoredAnswer>();
  readonly #notKept: RecurringFailure;

  constructor(
    private readonly keys: IdempotencyRepository,
    @InjectPinoLogger(IdempotencyKeys.name) log: PinoLogger,
  ) {
    this.#notKept = new RecurringFailure(log, 'cannot keep the response of an idempotency key');
  }

  /** Must be called with each raw body. Bodies are compared as sent; parsing would make different spellings equal. */
  rememberBody(request: FastifyRequest, body: Buffer): void {
    if (request.headers[HEADER] !== undefined) this.#bodies.set(request, hashOf(body));
  }

  /** True if the handler should act; false if the kept response of the first request will be sent. Throws a Refusal. */
  async begin(request: FastifyRequest, { tenantId }: Caller): Promise<boolean> {
    const key = request.headers[HEADER];
    if (key === undefined || request.method !== 'POST') return true;
    if (typeof key !== 'string' || !KEY.test(key)) {
      throw invalid([{ field: `headers.${HEADER}`, message: 'must be 1 to 255 printable ASCII characters' }]);
    }
    const keyed = { tenantId, key, route: request.url, bodyHash: this.#bodies.get(request) ?? NO_BODY };
    const claim = await this.keys.claim(keyed);
    switch (claim.state) {
      case 'claimed':
        this.#claims.set(request, keyed);
        return true;
      case 'answered':
        this.#replays.set(request, claim.answer);
        return false;
      case 'under_way':
        throw underWay();
      case 'other_request':
        throw otherRequest();
    }
  }

  /** Hook before a response is sent: keeps the response, or replaces it with the kept one. */
  async onSend(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
    const replay = this.#replays.get(request);
    if (replay) {
      reply.code(replay.status).headers(replay.headers);
      return replay.body === '' ? undefined : replay.body;
    }
    const claim = this.#claims.get(request);
    if (claim) await this.#settle(claim, reply, payload);
    return payload;
  }

  async #settle(claim: KeyedRequest, reply: FastifyReply, payload: unknown): Promise<void> {
    try {
      if (isFinal(reply.statusCode)) await this.keys.answer(claim, answerOf(reply, payload));
      else await this.keys.release(claim);
    } catch (error) {
      // The request has been carried out, so its caller still gets the response.
      this.#notKept.failed(error);
    }
  }
}

/**
 * True for success and for 400, which a repeat would get again. Any other refusal did nothing and depends on the
 * moment, such as a 412 for a stale ETag, a 409 or a 429. Kept, it would outlive its reason.
 */
function isFinal(status: number): boolean {
  return status <= 400;
}

function answerOf(reply: FastifyReply, payload: unknown): StoredAnswer {
  const given = HEADERS.map((name) => [name, reply.getHeader(name)]).filter(([, value]) => value !== undefined);
  const body = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.toString() : '';
  return { status: reply.statusCode, headers: Object.fromEntries(given) as Record<string, string>, body };
}

function underWay(): Refusal {
  const message =
    'a request with this idempotency key is in progress; if it has died, the key is free two minutes after it began';
  return new Refusal('conflict', message, [{ field: `headers.${HEADER}`, message: 'is in use' }], {
    headers: { 'retry-after': '1' },
  });
}

function otherRequest(): Refusal {
  const message = 'was used for another request in the last 24 hours';
  return new Refusal('invalid_request', `the idempotency key ${message}`, [{ field: `headers.${HEADER}`, message }], {
    status: 422,
  });
}

function hashOf(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('base64url');
}
