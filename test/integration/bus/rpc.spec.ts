import { rmSync } from 'node:fs';
import {
  Bus,
  BusModule,
  MAX_REQUEST_BYTES,
  PlainJsonNatsServer,
  RequestRejected,
  RpcBody,
  RpcCaller,
  type RpcContext,
} from '@integrations/bus';
import { type OperationResult, ScmOperationRequest, succeeded } from '@integrations/contracts';
import { connect, createInbox, headers, type NatsConnection } from '@nats-io/transport-node';
import { Controller, type INestMicroservice, Inject, Logger, Module } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { type RunningNats, startNats } from '../../../scripts/stack/nats.ts';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { temporaryDirectory } from '../../support/temporary';
import { until } from '../../../scripts/stack/child';
import { hpub, speak } from './wire';

const OPERATION_ID = '0198f2f0-7f5e-7000-8000-000000000001';

@Controller()
class TestController {
  constructor(@Inject(Bus) private readonly bus: Bus) {}

  @MessagePattern('test.rpc.value')
  value(@RpcBody(ScmOperationRequest) body: ScmOperationRequest, @RpcCaller() caller: RpcContext) {
    return { isInstance: body instanceof ScmOperationRequest, ...body, ...caller };
  }

  @MessagePattern('test.rpc.result')
  result() {
    return succeeded('ready-made', OPERATION_ID);
  }

  @MessagePattern('test.rpc.nothing')
  async nothing() {
    await this.bus.publishAll([{ subject: 'integrations.v1.sys.touched', body: {}, id: `touched-${Math.random()}` }]);
  }

  @MessagePattern('test.rpc.refuse')
  refuse() {
    throw new RequestRejected('conflict', 'already there', [{ field: 'name', message: 'is taken' }]);
  }

  @MessagePattern('test.rpc.break')
  async break() {
    throw new Error('password=hunter2');
  }

  @MessagePattern('test.rpc.long')
  long() {
    return 'x'.repeat(13 * 1_048_576);
  }

  @MessagePattern('test.rpc.circular')
  circular() {
    return { amount: 1n };
  }

  @MessagePattern('test.rpc.slow')
  async slow(@Payload() body: { ms: number }) {
    await new Promise((resolve) => setTimeout(resolve, body.ms));
    return body;
  }
}

let dataDir: string;
let nats: RunningNats;
let scanner: NatsConnection;
let app: INestMicroservice;
let bus: Bus;

beforeAll(async () => {
  Logger.overrideLogger(false);
  dataDir = temporaryDirectory();
  nats = await startNats({ dataDir, port: await freePorts(1), maxPayload: 12 * 1_048_576 });
  scanner = await connect({ servers: nats.url });

  @Module({ imports: [BusModule.forRoot({ servers: nats.url, name: 'test' })], controllers: [TestController] })
  class TestModule {}
  const module = await Test.createTestingModule({ imports: [TestModule] }).compile();
  const strategy = new PlainJsonNatsServer({
    servers: nats.url,
    name: 'test',
    queue: 'q',
    defaultTenant: 'default',
    version: '1.0.0',
  });
  app = module.createNestMicroservice({ strategy, logger: false });
  await app.listen();
  bus = app.get(Bus);
  await bus.ensureStreams();
});

afterAll(async () => {
  await app.close();
  await scanner.close();
  await nats.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function ask(subject: string, body?: string | Uint8Array, given: Record<string, string> = {}) {
  const all = headers();
  for (const [name, value] of Object.entries(given)) all.set(name, value);
  const reply = await scanner.request(subject, body, { timeout: 60_000, headers: all });
  return reply.json<OperationResult<unknown>>();
}

describe('a plain NATS client', () => {
  it('gets a value wrapped as a successful result, without an envelope', async () => {
    expect(await ask('test.rpc.value', JSON.stringify({ operationId: OPERATION_ID }))).toEqual(
      succeeded({ isInstance: true, operationId: OPERATION_ID, tenantId: 'default' }),
    );
  });

  it('can pass headers to the handler', async () => {
    const given = { tenant: 'acme', 'deadline-ms': '900', 'idempotency-key': 'k', traceparent: 'broken' };
    const reply = await ask('test.rpc.value', JSON.stringify({ operationId: OPERATION_ID }), given);
    expect(reply.result).toMatchObject({ tenantId: 'acme', deadlineMs: 900, idempotencyKey: 'k' });
  });

  it('gets an operation result unchanged', async () => {
    expect(await ask('test.rpc.result', '{}')).toEqual(succeeded('ready-made', OPERATION_ID));
  });

  it('gets a result even from a handler that returns nothing', async () => {
    expect(await ask('test.rpc.nothing', '{}')).toEqual(succeeded(null));
  });

  it('gets a refusal with code, message and details', async () => {
    expect(await ask('test.rpc.refuse', '{}')).toMatchObject({
      success: false,
      errorCode: 'conflict',
      errorMessage: 'already there',
      isTransient: false,
      details: [{ field: 'name', message: 'is taken' }],
    });
  });

  it('gets "internal" for a bug of ours, without any detail', async () => {
    const reply = await ask('test.rpc.break', '{}');
    expect(reply).toMatchObject({ success: false, errorCode: 'internal' });
    expect(JSON.stringify(reply)).not.toContain('hunter2');
  });

  it.each([
    ['no body', undefined, 'must be a JSON object, not empty'],
    ['malformed JSON', '{oops', 'must be valid JSON'],
    ['bytes that are not UTF-8', Uint8Array.from([0x7b, 0xff]), 'must be JSON in UTF-8'],
    ['an array', '[]', 'must be a JSON object, not an array'],
    ['a string', '"x"', 'must be a JSON object, not a string'],
    ['null', 'null', 'must be a JSON object, not null'],
  ])('learns what is wrong with %s', async (_what, body, message) => {
    expect(await ask('test.rpc.value', body)).toMatchObject({
      success: false,
      errorCode: 'invalid_request',
      details: [{ field: '', message }],
    });
  });

  it('learns every invalid field', async () => {
    const reply = await ask('test.rpc.value', JSON.stringify({ operationId: 'x', extra: 1 }));
    expect(reply.details.map(({ field }) => field).sort()).toEqual(['extra', 'operationId']);
  });

  it('learns of an invalid header before anything is done', async () => {
    expect(await ask('test.rpc.value', '{}', { tenant: 'Acme Inc' })).toMatchObject({
      errorCode: 'invalid_request',
      details: [{ field: 'headers.tenant' }],
    });
  });

  it('learns that its body is too large', async () => {
    const reply = await ask('test.rpc.value', new Uint8Array(MAX_REQUEST_BYTES + 1));
    expect(reply).toMatchObject({ errorCode: 'too_large' });
    expect(reply.errorMessage).toContain(String(MAX_REQUEST_BYTES));
  });

  it('gets "internal" when the handler returns something that JSON cannot represent', async () => {
    expect(await ask('test.rpc.circular', '{}')).toMatchObject({ success: false, errorCode: 'internal' });
  });

  it('learns that its headers are malformed', async () => {
    const inbox = createInbox();
    const replies = scanner.subscribe(inbox, { max: 1 });
    await scanner.flush();
    await speak(nats.port, hpub('test.rpc.value', inbox, 'NATS/1.0\r\nbad näme: x\r\n\r\n', '{}'));
    for await (const reply of replies) {
      expect(reply.json()).toMatchObject({ errorCode: 'invalid_request', details: [{ field: 'headers' }] });
    }
  });

  it('learns that the reply would be too large', async () => {
    expect(await ask('test.rpc.long', '{}')).toMatchObject({ success: false, errorCode: 'too_large' });
  });

  it('may publish without a reply subject, and may publish garbage', async () => {
    scanner.publish('test.rpc.value', '{oops');
    scanner.publish('test.rpc.value');
    scanner.publish('test.rpc.value', JSON.stringify({ operationId: OPERATION_ID }));
    await scanner.flush();
    expect(await ask('test.rpc.result', '{}')).toMatchObject({ success: true });
  });
});

describe('Bus.request', () => {
  it('sends the tenant and the deadline, and reads the result', async () => {
    const options = { tenantId: 'acme', timeoutMs: 60_000 };
    const reply = await bus.request<{ tenantId: string; deadlineMs: number }>(
      'test.rpc.value',
      { operationId: OPERATION_ID },
      options,
    );
    expect(reply).toMatchObject({ success: true, result: { tenantId: 'acme' } });
    expect(reply.result!.deadlineMs).toBeGreaterThan(1_000);
    expect(reply.result!.deadlineMs).toBeLessThanOrEqual(60_000);
  });

  it('returns provider_unavailable when nobody serves the subject', async () => {
    expect(await bus.request('test.rpc.nobody', {}, { timeoutMs: 60_000 })).toMatchObject({
      errorCode: 'provider_unavailable',
      isTransient: true,
      errorMessage: 'test.rpc.nobody: no responders; the app that serves it is not running',
    });
  });

  it('returns timeout when the reply takes too long', async () => {
    expect(await bus.request('test.rpc.slow', { ms: 400 }, { timeoutMs: 100 })).toMatchObject({
      errorCode: 'timeout',
      errorMessage: 'test.rpc.slow: no answer within 100 ms',
    });
  });

  it('returns too_large for a body that NATS does not take', async () => {
    const body = { text: 'x'.repeat(12 * 1_048_576) };
    expect(await bus.request('test.rpc.slow', body, { timeoutMs: 60_000 })).toMatchObject({ errorCode: 'too_large' });
  });

  it('rejects with the reason of its abort signal', async () => {
    const reason = new Error('caller went away');
    const controller = new AbortController();
    const asking = bus.request('test.rpc.slow', { ms: 400 }, { timeoutMs: 2_000, signal: controller.signal });
    setTimeout(() => controller.abort(reason), 50);
    await expect(asking).rejects.toBe(reason);
    const again = bus.request('test.rpc.slow', { ms: 1 }, { timeoutMs: 2_000, signal: controller.signal });
    await expect(again).rejects.toBe(reason);
  });

  it.each([
    ['text', 'hello'],
    ['JSON of another shape', '{"id":"1","response":{}}'],
    ['nothing', ''],
  ])('returns internal when the reply is %s', async (_what, payload) => {
    const stranger = scanner.subscribe('test.rpc.stranger', {
      callback: (_error, message) => void message.respond(payload),
    });
    await scanner.flush();
    expect(await bus.request('test.rpc.stranger', {}, { timeoutMs: 60_000 })).toMatchObject({ errorCode: 'internal' });
    stranger.unsubscribe();
  });
});

describe('closing a server under load', () => {
  async function serve(handler: (body: unknown) => Promise<unknown>, drainTimeoutMs?: number) {
    const options = { servers: nats.url, name: 'load', queue: 'load', defaultTenant: 'default', version: '1.0.0' };
    const server = new PlainJsonNatsServer({ ...options, ...(drainTimeoutMs ? { drainTimeoutMs } : {}) });
    server.addHandler('test.load', handler);
    await new Promise<void>((resolve, reject) => void server.listen((error) => (error ? reject(error) : resolve())));
    return server;
  }

  const work = async (body: unknown) => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
    return body;
  };

  /** Keeps 64 requests in flight until stopped, and counts the answers by error code. */
  function load() {
    const counts: Record<string, number> = {};
    let stopped = false;
    const lane = async () => {
      while (!stopped) {
        const { errorCode, errorMessage } = await bus.request('test.load', {}, { timeoutMs: 60_000 });
        const kind = errorCode === null ? 'answered' : (errorMessage?.split(': ')[1] ?? errorCode);
        counts[kind] = (counts[kind] ?? 0) + 1;
      }
    };
    const lanes = Array.from({ length: 64 }, lane);
    return { counts, stop: async () => ((stopped = true), await Promise.all(lanes), counts) };
  }

  it('answers every request while instances come and go', async () => {
    let server = await serve(work);
    const running = load();
    for (let i = 1; i <= 5; i += 1) {
      await until(() => expect(running.counts.answered).toBeGreaterThan(i * 64));
      const next = await serve(work);
      await server.close();
      server = next;
    }
    const counts = await running.stop();
    await server.close();
    expect(Object.keys(counts)).toEqual(['answered']);
  });

  it('answers every request that reached the last instance; later ones learn that nobody serves the subject', async () => {
    const server = await serve(work);
    const running = load();
    const nobody = 'no responders; the app that serves it is not running';
    await until(() => expect(running.counts.answered).toBeGreaterThan(64));
    await server.close();
    await until(() => expect(running.counts[nobody]).toBeGreaterThan(64));
    const counts = await running.stop();
    expect(Object.keys(counts).sort()).toEqual(['answered', nobody]);
  });

  it('answers for a handler that does not end in time', async () => {
    const server = await serve(() => new Promise(() => undefined), 100);
    const asking = bus.request('test.load', {}, { timeoutMs: 60_000 });
    await until(() => expect(server.unwrap<NatsConnection>().stats().inMsgs).toBeGreaterThan(0));
    await server.close();
    expect(await asking).toMatchObject({
      errorCode: 'provider_unavailable',
      errorMessage: 'the service is shutting down; send the request again',
    });
  });
});

it('closing the app drains the bus', async () => {
  @Module({ imports: [BusModule.forRoot({ servers: nats.url, name: 'closing' })] })
  class ClosingModule {}
  const closing = await Test.createTestingModule({ imports: [ClosingModule] }).compile();
  await closing.init();
  const own = closing.get(Bus);
  expect(own.isReady()).toBe(true);
  await closing.close();
  expect(own.isReady()).toBe(false);
  await expect(own.publishAll([{ subject: 'integrations.v1.sys.late', body: {}, id: 'late' }])).rejects.toMatchObject({
    errorCode: 'provider_unavailable',
  });
});
