import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { hashApiToken } from '@integrations/secrets';
import { TELEMETRY_ROUTES } from '@integrations/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CatalogConfig } from '../config';
import { Refusal } from '../refusal';
import { sentTokenOf } from './sent-token';

const MINUTE_MS = 60_000;
/** How many clients are tracked. Beyond that, the client that was silent for longest is forgotten. */
const CLIENTS = 10_000;
const UNLIMITED = new Set<string>(TELEMETRY_ROUTES);

type Check = ReturnType<FastifyInstance['createRateLimit']>;

/** Limits the requests per client, and the refused tokens per address. Each process counts for itself. */
@Injectable()
export class RateLimits {
  #failures: Check | null = null;

  constructor(private readonly config: CatalogConfig) {}

  /** Must be called before the routes are created. */
  async install(app: NestFastifyApplication): Promise<void> {
    const { requestsPerMinute, authFailuresPerMinute } = this.config;
    await app.register(rateLimit, {
      max: requestsPerMinute,
      timeWindow: MINUTE_MS,
      cache: CLIENTS,
      keyGenerator: clientOf,
      allowList: (request) => UNLIMITED.has(request.routeOptions.url ?? ''),
      errorResponseBuilder: (_request, { max }) =>
        new Refusal('rate_limited', `more than ${max} requests in a minute; wait for the time in Retry-After`),
    });
    const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
    this.#failures = fastify.createRateLimit({ max: authFailuresPerMinute, keyGenerator: addressOf, allowList: [] });
  }

  /** Throws a Refusal if too many tokens from the request's address were refused recently. */
  async refuseGuessers(request: FastifyRequest): Promise<void> {
    const state = await this.#failures?.(request, { increment: false });
    if (!state || state.isAllowed || state.remaining > 0) return;
    const message = 'too many tokens from this address were refused; wait for the time in Retry-After';
    throw new Refusal('rate_limited', message, [], { headers: { 'retry-after': String(state.ttlInSeconds) } });
  }

  async countFailure(request: FastifyRequest): Promise<void> {
    await this.#failures?.(request);
  }
}

/**
 * Identifies a client by its token, from whatever address; without a token, by address. Keeps the hash, not the token.
 */
function clientOf(request: FastifyRequest): string {
  const token = sentTokenOf(request);
  return token ? hashApiToken(token) : addressOf(request);
}

/** The client's address. For IPv6, the whole customer network, whose addresses one client can use at will. */
function addressOf(request: FastifyRequest): string {
  return normalizeIP(request.ip);
}
