import type { ScmPublishResponse } from '@integrations/contracts';
import { type Begun, DatabaseError, type IntegrationRow } from '@integrations/database';
import { ProviderError } from '@integrations/provider-kit';
import { KnownIntegrations } from '../known-integrations';
import type { Report } from '../report';
import { type AttemptOptions, Attempts } from './attempt';

const BEGUN = {
  row: {
    ...{ id: 'op', tenantId: 'acme', integrationId: 'i', provider: 'scripted', operation: 'publish', attempts: 1 },
    ...{ deadlineAt: null, waitingSince: null, halfMade: false, ending: null, request: { title: 'Scan' } },
  },
  integrationGeneration: 1,
} as Partial<Begun> as Begun;

const nothing = () => undefined;
const LEASE = { signal: new AbortController().signal, sending: nothing, unanswered: nothing, answered: nothing };

function attemptsOf(publish: AttemptOptions['publisher']['publish'], fault = jest.fn()) {
  const integration = { id: 'i', tenantId: 'acme', generation: 1, enabled: true, posting: 'online' } as IntegrationRow;
  return new Attempts({
    integrations: { find: async () => integration },
    operations: { noteHalfMade: async () => undefined },
    known: new KnownIntegrations(),
    connector: { annotations: () => ({}), learnSecrets: async () => undefined },
    budgets: { gateOf: () => ({ spend: async () => undefined, hold: () => undefined, guard: (work) => work() }) },
    outages: { holds: async () => false, succeeded: async () => undefined, failed: async () => false },
    publisher: { publish },
    report: { fault } as Partial<Report> as Report,
    rules: { maxAttempts: 3, maxLimitedMs: 1_000, backoffMs: () => 1, now: Date.now },
    timeoutMs: 1_000,
    offline: false,
  });
}

describe('an attempt', () => {
  it('that has posted a part reports the others in text that can be stored', async () => {
    const status = { outcome: 'failed', id: null, url: null, reason: 'a\u0000b\ud800', errorCode: 'invalid_request' };
    const attempts = attemptsOf(async () => ({
      response: { status } as ScmPublishResponse,
      failure: new ProviderError('invalid_request', 'status: a\u0000b\ud800'),
    }));

    expect(await attempts.run(BEGUN, LEASE)).toMatchObject({
      state: 'failed',
      outcome: { errorMessage: 'status: ab\ufffd', result: { status: { reason: 'ab\ufffd' } } },
    });
  });

  it.each([
    ['logs no fault if the database is down', 'ECONNREFUSED', 0],
    ['logs no fault if the database was frozen for longer than a statement may take', '57014', 0],
    ['logs a fault if a statement of ours is wrong', '42601', 1],
  ])('that fails with `internal` %s', async (_, code, times) => {
    const cause = new DatabaseError('the database says no', code, null);
    const fault = jest.fn();
    const failed = () => Promise.reject(new ProviderError('internal', 'the budget cannot be asked', { cause }));
    expect(await attemptsOf(failed, fault).run(BEGUN, LEASE)).toMatchObject({ outcome: { errorCode: 'internal' } });
    expect(fault).toHaveBeenCalledTimes(times);
  });

  it('that could make no call, for lack of file descriptors, says why and logs no fault', async () => {
    const fault = jest.fn();
    const failed = () => Promise.reject(new ProviderError('internal', 'No file descriptor is left', { stage: 'tcp' }));
    const outcome = { errorCode: 'internal', errorMessage: 'No file descriptor is left' };
    expect(await attemptsOf(failed, fault).run(BEGUN, LEASE)).toMatchObject({ outcome });
    expect(fault).not.toHaveBeenCalled();
  });
});
