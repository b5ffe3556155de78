import { randomUUID } from 'node:crypto';
import { createService } from '@integrations/bootstrap';
import { loadConfig } from '@integrations/config';
import type { ScmOperationView } from '@integrations/contracts';
import { AnnotationDispatcherModule } from '../../../apps/annotation-dispatcher/src/annotation-dispatcher.module';
import { DispatcherConfig } from '../../../apps/annotation-dispatcher/src/config';
import { eventually } from '../../support/eventually';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from './support';

let catalog: TestCatalog;
let admin: TestClient;
let integrationId: string;

beforeAll(async () => {
  catalog = await startCatalog();
  admin = await catalog.client({ tenantId: 'default' });
  ({ id: integrationId } = await register(admin));
});
afterAll(() => catalog.close());

describe('parked operations', () => {
  it('are posted exactly once when they are retried after posting is back on', async () => {
    const operationId = await park({ body: 'kept for later', idempotencyKey: 'kept' });
    const online = await startDispatcher({});
    try {
      const retried = await admin.call<ScmOperationView>('POST', `annotations/${operationId}/retry`);
      expect(retried).toMatchObject({ status: 202, body: { operationId, state: 'queued', outcome: null } });
      const posted = await eventually('the operation to be posted', async () => {
        const { body } = await admin.call<ScmOperationView>('GET', `annotations/${operationId}`);
        return body.state === 'succeeded' ? body : null;
      });
      expect(posted.outcome).toMatchObject({ success: true, result: { outcome: 'created' } });
      expect(await told(operationId)).toEqual([
        { event: 'annotation_accepted', key: 'kept' },
        { event: 'annotation_parked', key: 'kept' },
        { event: 'annotation_posted', key: 'kept' },
      ]);
      expectProblem(await admin.call('POST', `annotations/${operationId}/retry`), 409, 'conflict');
      const audited = await catalog.sql(
        `SELECT outcome FROM audit_entry WHERE action = 'annotation.retried' AND detail->>'operationId' = $1`,
        [operationId],
      );
      expect(audited).toEqual([{ outcome: 'queued' }]);
    } finally {
      await online.close();
    }
  });

  it('end as superseded when a newer one was accepted under their upsertKey', async () => {
    const older = await park({ body: 'old', upsertKey: 'scan', revision: 1, idempotencyKey: 'old scan' });
    const newer = await park({ body: 'new', upsertKey: 'scan', revision: 2 });
    const retried = await admin.call<ScmOperationView>('POST', `annotations/${older}/retry`);
    expect(retried).toMatchObject({ status: 202, body: { state: 'superseded' } });
    expect(await told(older)).toEqual([
      { event: 'annotation_accepted', key: 'old scan' },
      { event: 'annotation_parked', key: 'old scan' },
      { event: 'annotation_superseded', key: 'old scan' },
    ]);
    expect(await admin.call('GET', `annotations/${newer}`)).toMatchObject({ body: { state: 'parked_offline' } });
  });

  it('cannot be retried by another tenant, and an unknown one is not found', async () => {
    const operationId = await park({ body: 'ours' });
    const rival = await catalog.client({ tenantId: 'rival' });
    expectProblem(await rival.call('POST', `annotations/${operationId}/retry`), 404, 'not_found');
    expectProblem(await admin.call('POST', `annotations/${randomUUID()}/retry`), 404, 'not_found');
    expectProblem(await admin.call('POST', 'annotations/seven/retry'), 400, 'invalid_request', 'operationId');
  });
});

/** The events of an operation, with the idempotency key in each. */
function told(operationId: string): Promise<{ event: string; key: string | null }[]> {
  return catalog.sql(
    `SELECT event, data->>'idempotencyKey' AS key FROM outbox WHERE data->>'operationId' = $1 ORDER BY id`,
    [operationId],
  );
}

/** Sends a comment to an offline dispatcher and returns the id of the parked operation. */
async function park(request: object): Promise<string> {
  const offline = await startDispatcher({ OFFLINE: 'true' });
  try {
    const target = { integrationId, owner: 'acme', repository: 'webshop', pullRequestNumber: 7 };
    const payload = JSON.stringify({ ...target, ...request });
    const reply = await catalog.nats.request('integrations.v1.rpc.scm.comment', payload, { timeout: 60_000 });
    const result = reply.json<{ operationId: string }>();
    expect(result).toMatchObject({ success: false, skippedOffline: true, errorCode: 'offline' });
    return result.operationId;
  } finally {
    await offline.close();
  }
}

function startDispatcher(env: NodeJS.ProcessEnv): ReturnType<typeof createService> {
  const { databaseUrl, natsUrl } = catalog.config;
  const config = loadConfig(DispatcherConfig, {
    DATABASE_URL: databaseUrl,
    NATS_URL: natsUrl,
    LOG_LEVEL: 'silent',
    LANE_POLL_MS: '50',
    ...env,
  });
  const module = AnnotationDispatcherModule.forRoot(config);
  return createService({ name: 'annotation-dispatcher', config, module });
}
