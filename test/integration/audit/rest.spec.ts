import { once } from 'node:events';
import { get } from 'node:http';
import { AuditRepository } from '@integrations/database';
import fc from 'fast-check';
import { anyText } from '../../support/any-text';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from '../catalog/support';
import { entry } from './support';

interface Entry {
  readonly id: string;
  readonly position: number;
  readonly at: string;
  readonly action: string;
  readonly hash: string;
}

interface Page {
  readonly items: readonly Entry[];
  readonly nextCursor: string | null;
}

describe('the audit trail over REST', () => {
  let catalog: TestCatalog;
  let auditor: TestClient;
  let ids: string[];

  beforeAll(async () => {
    catalog = await startCatalog();
    auditor = await catalog.client({ scopes: ['audit:read'] });
    const writer = await catalog.client({ name: 'ci' });
    ids = [];
    for (let n = 0; n < 5; n++) ids.push((await register(writer)).id);
    await writer.call('POST', `integrations/${ids[0]}/disable`);
    await writer.call('DELETE', `integrations/${ids[0]}`, { headers: { 'if-match': '*' } });
    await register(await catalog.client({ tenantId: 'rival' }));
  });
  afterAll(() => catalog.close());

  const list = async (query = '') => (await auditor.call<Page>('GET', `audit${query}`)).body;
  const actionsOf = async (query: string) => (await list(query)).items.map(({ action }) => action);

  it('shows who did what, newest first, with position and hash in the chain', async () => {
    const { items, nextCursor } = await list();
    expect(nextCursor).toBeNull();
    expect(items.map(({ position }) => position)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(items[0]).toEqual({
      id: expect.any(String),
      tenantId: 'acme',
      position: 7,
      at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      actor: 'ci',
      app: 'catalog-api',
      action: 'integration.deleted',
      integrationId: ids[0],
      outcome: 'succeeded',
      detail: { generation: 3 },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('is paged, and entries written meanwhile shift nothing', async () => {
    const seen: number[] = [];
    let cursor = '';
    for (;;) {
      const { items, nextCursor } = await list(`?limit=2${cursor}`);
      seen.push(...items.map(({ position }) => position));
      await new AuditRepository(catalog.database).append(entry({ action: 'test.noise' }));
      if (!nextCursor) break;
      cursor = `&cursor=${nextCursor}`;
    }
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  it('can be filtered by position, integration, action, actor and time', async () => {
    expect(await actionsOf(`?integrationId=${ids[0]}`)).toEqual([
      'integration.deleted',
      'integration.disabled',
      'integration.registered',
    ]);
    expect(await actionsOf(`?integrationId=${ids[0]}&action=integration.disabled&actor=ci`)).toHaveLength(1);
    expect(await actionsOf('?actor=nobody')).toEqual([]);
    expect((await list('?position=7')).items).toEqual([(await list(`?integrationId=${ids[0]}`)).items[0]]);
    expect((await list('?position=999999')).items).toEqual([]);
    expect((await list('?action=integration.registered')).items).toHaveLength(5);

    const { items } = await list('?actor=ci&action=integration.registered');
    const third = items[2]!;
    const since = (await list(`?actor=ci&action=integration.registered&since=${third.at}`)).items;
    const until = (await list(`?actor=ci&action=integration.registered&until=${third.at}`)).items;
    expect(since).toContainEqual(third);
    expect(until).not.toContainEqual(third);
    expect([...since, ...until]).toEqual(items);
  });

  it('shows only the caller’s own tenant', async () => {
    const rival = await catalog.client({ tenantId: 'rival', scopes: ['audit:read'] });
    expect((await rival.call<Page>('GET', 'audit')).body.items).toMatchObject([{ tenantId: 'rival', position: 1 }]);
    expect((await rival.call<Page>('GET', `audit?integrationId=${ids[0]}`)).body.items).toEqual([]);
    const { body } = await auditor.call<Page>('GET', 'audit?limit=1');
    const stolen = await rival.call<Page>('GET', `audit?cursor=${body.nextCursor}`);
    expect(stolen.body.items.every((item) => 'tenantId' in item && item.tenantId === 'rival')).toBe(true);
    expect((await rival.call('GET', 'audit/verify')).body).toMatchObject({ ok: true, rows: 1 });
  });

  it('needs the scope audit:read, which other scopes do not include', async () => {
    const other = await catalog.client({
      scopes: ['integrations:read', 'integrations:write', 'integrations:test', 'annotations:read'],
    });
    for (const path of ['audit', 'audit/verify']) expectProblem(await other.call('GET', path), 403, 'forbidden');
  });

  it.each([
    ['integrationId=7', 'integrationId'],
    ['action=Everything', 'action'],
    ['action=%00', 'action'],
    ['actor=', 'actor'],
    ['actor=a%00b', 'actor'],
    ['since=yesterday', 'since'],
    ['since=2026', 'since'],
    ['since=2026-W01-1', 'since'],
    ['since=2026-02-31T00:00:00Z', 'since'],
    ['until=2026-13-01T00:00:00Z', 'until'],
    ['until=2026-01-01T00:00:00', 'until'],
    ['limit=0', 'limit'],
    ['position=0', 'position'],
    ['position=99999999999999999999', 'position'],
    ['limit=201', 'limit'],
    ['cursor=x', 'cursor'],
    ['cursor=', 'cursor'],
    [`cursor=${Buffer.from('1 9999999999999999').toString('base64url')}`, 'cursor'],
    [`cursor=${Buffer.from('1 1 1').toString('base64url')}`, 'cursor'],
    ['who=me', 'who'],
  ])('refuses ?%s', async (query, field) => {
    expectProblem(await auditor.call('GET', `audit?${query}`), 400, 'invalid_request', field);
  });

  it('never fails unexpectedly, whatever time or name is requested', async () => {
    const digits = (length: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
    const time = fc
      .tuple(digits(4), digits(2), digits(2), digits(2), digits(2), digits(2), fc.constantFrom('Z', '+23:59', '-12:00'))
      .map(
        ([year, month, day, hour, minute, second, zone]) =>
          `${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`,
      );
    const likely = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
    const query = fc.record(
      {
        since: fc.oneof(time, likely),
        until: fc.oneof(time, likely, fc.string()),
        actor: anyText(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(query, async (parameters) => {
        const { status } = await auditor.call('GET', `audit?${new URLSearchParams(parameters).toString()}`);
        expect([200, 400]).toContain(status);
      }),
      { numRuns: 150 },
    );
  });

  it('can be verified, and verification names what was tampered with', async () => {
    const trail = new AuditRepository(catalog.database);
    for (let n = 0; n < 4; n++) await trail.append(entry({ tenantId: 'victim' }));
    const victim = await catalog.client({ tenantId: 'victim', scopes: ['audit:read'] });
    const [second] = (await victim.call<Page>('GET', 'audit')).body.items.filter(({ position }) => position === 2);
    const before = await victim.call('GET', 'audit/verify');
    expect([before.status, before.body]).toEqual([
      200,
      {
        ok: true,
        rows: 4,
        head: { position: 4, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
        breaks: [],
        digests: null,
        isComplete: true,
      },
    ]);

    await catalog.sql(`
      ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only;
      UPDATE audit_entry SET actor = 'x' WHERE id = '${second!.id}';
      DELETE FROM audit_entry WHERE tenant_id = 'victim' AND position = 4;
      ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_append_only`);
    const after = await victim.call('GET', 'audit/verify');
    expect(after.body).toEqual({
      ok: false,
      rows: 3,
      head: before.body['head'],
      breaks: [
        { kind: 'altered', position: 2, through: 2, auditId: second!.id },
        { kind: 'truncated', position: 4, through: 4, auditId: null },
      ],
      digests: null,
      isComplete: true,
    });
    expect((await auditor.call('GET', 'audit/verify')).body).toMatchObject({ ok: true });
  });

  it('stops being verified when the caller has hung up', async () => {
    const audit = catalog.app.get(AuditRepository);
    const verify = jest.spyOn(audit, 'verify').mockImplementationOnce(async (tenantId, signal) => {
      call.destroy();
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      return AuditRepository.prototype.verify.call(audit, tenantId, signal);
    });
    const headers = { authorization: `Bearer ${auditor.token}` };
    const call = get(`${catalog.origin}/api/v1/audit/verify`, { agent: false, headers });
    await once(call, 'error');

    await expect(verify.mock.results[0]!.value).rejects.toMatchObject({ errorCode: 'timeout' });
    verify.mockRestore();
  });
});
