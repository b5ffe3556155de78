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
/** What an answer says beside its body. */
const HEADERS = ['content-type', 'etag', 'location'];
const NO_BODY = hashOf('');

/**
 * Idempotency keys over HTTP. A key is claimed before the handler acts, and the answer is kept before it is sent: so
 * whoever repeats a request whose answer got lost gets that answer. A process that dies in between leaves the key under
 * way for two minutes; a repeat acts after that, for nobody can tell whether the first did.
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
    this.#notKept = new RecurringFailure(log, 'answer of an idempotency key not kept');
  }

  /** To be told of each body as it came: what was parsed does not tell two spellings apart. */
  rememberBody(request: FastifyRequest, body: Buffer): void {
    if (request.headers[HEADER] !== undefined) this.#bodies.set(request, hashOf(body));
  }

  /** Whether to act. False: the answer of the first request with that key is to be sent. Throws a Refusal. */
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

  /** The hook before an answer is sent: keeps it, or puts the kept one in its place. */
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
      // What was done is done, and its caller is told so.
      this.#notKept.failed(error);
    }
  }
}

/**
 * What was done, and what is wrong with the request itself. Any other refusal did nothing and tells of the moment: a 412 of
 * an ETag that the caller has read anew since, a 409 of what stood in the way, a 429. Kept, it would outlive its reason.
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
    'a request with that idempotency key is under way; if it has died, the key is free two minutes after it began';
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
