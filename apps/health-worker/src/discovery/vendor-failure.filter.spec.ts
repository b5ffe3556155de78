import type { CheckedNatsContext, RpcContext } from '@integrations/bus';
import { ProviderError } from '@integrations/provider-kit';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host';
import type { PinoLogger } from 'nestjs-pino';
import { lastValueFrom } from 'rxjs';
import { VendorFailureFilter } from './vendor-failure.filter';

const SUBJECT = 'integrations.v1.rpc.ci.runs';

async function refused(rpc: RpcContext) {
  const log = { warn: jest.fn() };
  const filter = new VendorFailureFilter(log as unknown as PinoLogger);
  const context = { getSubject: () => SUBJECT, rpc } as CheckedNatsContext;
  const error = new ProviderError('rate_limited', 'GitHub: later', { retryAfterMs: 1_000 });
  const reply = await lastValueFrom(filter.catch(error, new ExecutionContextHost([{ integrationId: 'one' }, context])));
  return { reply, logged: log.warn.mock.calls };
}

describe('VendorFailureFilter', () => {
  it("answers with the vendor's failure, and logs it under the trace of the request", async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { reply, logged } = await refused({ tenantId: 'acme', traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    expect(reply).toMatchObject({ success: false, errorCode: 'rate_limited', isTransient: true, retryAfterMs: 1_000 });
    const fields = { integrationId: 'one', subject: SUBJECT, errorCode: 'rate_limited', traceId };
    expect(logged).toEqual([[{ ...fields, err: expect.any(ProviderError) }, 'discovery failed']]);
  });

  it('names no trace if the request has none', async () => {
    const { logged } = await refused({ tenantId: 'acme' });
    expect(logged[0]![0]).not.toHaveProperty('traceId');
  });
});
