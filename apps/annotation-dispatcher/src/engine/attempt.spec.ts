import type { ScmPublishResponse } from '@integrations/contracts';
import type { Begun, IntegrationRow } from '@integrations/database';
import { ProviderError } from '@integrations/provider-kit';
import { KnownIntegrations } from '../known-integrations';
import { type AttemptOptions, Attempts } from './attempt';

const BEGUN = {
  row: {
    ...{ id: 'op', tenantId: 'acme', integrationId: 'i', provider: 'scripted', operation: 'publish', attempts: 1 },
    ...{ deadlineAt: null, waitingSince: null, halfMade: false, ending: null, request: { title: 'Scan' } },
  },
  integrationGeneration: 1,
} as Partial<Begun> as Begun;

describe('an attempt', () => {
  it('that has posted a part tells of the others what can be stored of it', async () => {
    const integration = {
      id: 'i',
      tenantId: 'acme',
      generation: 1,
      enabled: true,
      posting: 'online',
    } as IntegrationRow;
    const status = { outcome: 'failed', id: null, url: null, reason: 'a\u0000b\ud800', errorCode: 'invalid_request' };
    const attempts = new Attempts({
      integrations: { find: async () => integration },
      operations: { noteHalfMade: async () => undefined },
      known: new KnownIntegrations(),
      connector: { annotations: () => ({}), learnSecrets: async () => undefined },
      budgets: { gateOf: () => ({ spend: async () => undefined, hold: () => undefined, guard: (work) => work() }) },
      outages: { holds: async () => false, succeeded: async () => undefined, failed: async () => false },
      publisher: {
        publish: async () => ({
          response: { status } as ScmPublishResponse,
          failure: new ProviderError('invalid_request', 'status: a\u0000b\ud800'),
        }),
      },
      report: {} as AttemptOptions['report'],
      rules: { maxAttempts: 3, maxLimitedMs: 1_000, backoffMs: () => 1, now: Date.now },
      timeoutMs: 1_000,
      offline: false,
    });

    expect(await attempts.run(BEGUN, { signal: new AbortController().signal, check: () => undefined })).toMatchObject({
      state: 'failed',
      outcome: { errorMessage: 'status: ab\ufffd', result: { status: { reason: 'ab\ufffd' } } },
    });
  });
});
