import type { IdempotencyRepository } from '@integrations/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PinoLogger } from 'nestjs-pino';
import type { Caller } from '../access/caller';
import { IdempotencyKeys } from './idempotency-keys';

it('when an outage prevents answers from being stored, IdempotencyKeys logs it once and still sends them', async () => {
  const keys = {
    claim: async () => ({ state: 'claimed' }),
    answer: () => Promise.reject(new Error('the connection broke')),
  };
  const warn = jest.fn();
  const idempotency = new IdempotencyKeys(keys as unknown as IdempotencyRepository, { warn } as unknown as PinoLogger);
  const reply = { statusCode: 201, getHeader: () => undefined } as unknown as FastifyReply;
  for (const key of ['a', 'b', 'c']) {
    const request = { method: 'POST', url: '/', headers: { 'idempotency-key': key } } as unknown as FastifyRequest;
    expect(await idempotency.begin(request, { tenantId: 'acme' } as Caller)).toBe(true);
    expect(await idempotency.onSend(request, reply, '{}')).toBe('{}');
  }
  expect(warn).toHaveBeenCalledTimes(1);
});
