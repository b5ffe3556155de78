import { failed, type ProbeVerdict, RPC, succeeded } from '@integrations/contracts';
import type { Msg } from '@nats-io/transport-node';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from './support';

const VERDICT: ProbeVerdict = {
  status: 'unhealthy',
  code: 'credential_invalid',
  message: 'the vendor refuses the credential',
  remediation: 'renew it',
  stages: [{ name: 'http', ok: true, ms: 3 }],
  latencyMs: 12,
  checkedAt: '2026-01-01T00:00:00.000Z',
  warnings: [],
};

describe('POST /integrations/{id}/test', () => {
  let catalog: TestCatalog;
  let admin: TestClient;
  let id: string;

  beforeAll(async () => {
    catalog = await startCatalog({ testTimeoutMs: 500 });
    admin = await catalog.client();
    ({ id } = await register(admin, { enabled: false }));
  });
  afterAll(() => catalog.close());

  /** Stands in for a health-worker in another process. */
  const withWorker = async <T>(answer: (message: Msg) => unknown, work: () => Promise<T>): Promise<T> => {
    const worker = catalog.nats.subscribe(RPC.probeTest, {
      callback: (_error, message) => {
        const reply = answer(message);
        if (reply !== undefined) message.respond(JSON.stringify(reply));
      },
    });
    await catalog.nats.flush();
    try {
      return await work();
    } finally {
      worker.unsubscribe();
      await catalog.nats.flush();
    }
  };
  const test = () => admin.call('POST', `integrations/${id}/test`);

  it("asks the health-worker on behalf of the token's tenant, and returns its verdict even if unhealthy", async () => {
    const asked: { body: unknown; tenant: string; deadlineMs: number }[] = [];
    const answer = await withWorker((message) => {
      const header = (name: string) => message.headers?.get(name) ?? '';
      asked.push({ body: message.json(), tenant: header('tenant'), deadlineMs: Number(header('deadline-ms')) });
      return succeeded(VERDICT);
    }, test);
    expect([answer.status, answer.body]).toEqual([200, VERDICT]);
    expect(asked).toEqual([{ body: { integrationId: id }, tenant: 'acme', deadlineMs: expect.any(Number) }]);
    expect(asked[0]!.deadlineMs).toBeGreaterThan(5_000);
    expect(asked[0]!.deadlineMs).toBeLessThanOrEqual(5_500);
  });

  it("passes the request's trace context on to the health-worker", async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const passed: (string | undefined)[] = [];
    const answer = (message: Msg) => {
      passed.push(message.headers?.get('traceparent'));
      return succeeded(VERDICT);
    };
    await withWorker(answer, () => admin.call('POST', `integrations/${id}/test`, { headers: { traceparent } }));
    await withWorker(answer, () => admin.call('POST', `integrations/${id}/test`, { headers: { traceparent: 'none' } }));
    expect(passed).toEqual([traceparent, '']);
  });

  it('writes nothing itself', async () => {
    const before = await catalog.counts();
    await withWorker(() => succeeded(VERDICT), test);
    expect(await catalog.counts()).toEqual(before);
  });

  it('answers 503 while no health-worker runs', async () => {
    const answer = await test();
    expectProblem(answer, 503, 'provider_unavailable');
    expect(answer.body['detail']).toBe('no health-worker is running to test the connection');
    expect(answer.headers.get('retry-after')).toBe('5');
  });

  it('answers 504 when the health-worker does not reply within five seconds of its own limit', async () => {
    const answer = await withWorker(() => undefined, test);
    expectProblem(answer, 504, 'timeout');
    expect(answer.body['detail']).toBe('the health-worker did not answer within 5.5 s');
  });

  it('passes on a refusal of the health-worker with its code', async () => {
    const refused = failed('not_found', 'gone meanwhile');
    expectProblem(await withWorker(() => refused, test), 404, 'not_found');
  });

  it('reveals no internal error of the health-worker', async () => {
    const broken = failed('internal', 'TypeError: cannot read hunter2');
    const answer = await withWorker(() => broken, test);
    expectProblem(answer, 500, 'internal');
    expect(answer.text).not.toContain('hunter2');
  });

  it.each([['garbage'], [{ success: true, result: null }], [{ success: false, errorCode: 'made_up' }]])(
    'answers 500 for a malformed reply such as %j',
    async (reply) => {
      expectProblem(await withWorker(() => reply, test), 500, 'internal');
    },
  );
});
