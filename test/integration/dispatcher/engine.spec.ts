import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually';
import { Dispatchers, idOf, submission } from './dispatchers';
import { fails, hangs, ScriptedVendor, takes } from './scripted-vendor';

let dispatchers: Dispatchers;

beforeAll(async () => {
  dispatchers = await Dispatchers.open();
});
afterEach(() => dispatchers.reset());
afterAll(() => dispatchers.close());

const accepted = { wait: 'accepted' } as const;
/** Settings of a dispatcher whose lanes another one takes over soon. */
const brief = { laneLeaseMs: 1_000 };

describe('an operation', () => {
  it('ends with the same outcome in reply, ledger and events', async () => {
    const dispatcher = await dispatchers.start(new ScriptedVendor());
    const reply = await dispatcher.comment({ pullRequestNumber: 1 });
    expect(reply).toMatchObject({ success: true, result: { outcome: 'created' }, errorCode: null });

    const row = await dispatchers.row(idOf(reply));
    expect(row).toMatchObject({ state: 'succeeded', attempts: 1, outcome: reply, prNumber: 1, commitSha: null });
    const events = await dispatchers.events(row.id);
    expect(events.map(({ event }) => event)).toEqual(['annotation_accepted', 'annotation_posted']);
    expect(events[1]?.data).toEqual({
      operationId: row.id,
      operation: 'comment',
      owner: 'octo',
      repository: 'demo',
      prNumber: 1,
      commitSha: null,
      idempotencyKey: null,
      remoteId: '1',
      url: 'https://vendor.example/octo/demo#1',
      attempts: 1,
    });
    expect(dispatcher.counted).toEqual([{ status: 'succeeded', seconds: expect.any(Number) }]);
    expect(dispatcher.lines).toEqual([
      {
        level: 'info',
        message: 'annotation posted',
        fields: expect.objectContaining({
          integrationId: dispatchers.integrationId,
          prNumber: 1,
          operation: 'comment',
        }),
      },
    ]);
  });

  it('leaves no lane behind when it has ended', async () => {
    const dispatcher = await dispatchers.start(new ScriptedVendor());
    await dispatcher.comment();
    await dispatchers.idle();
  });

  it('fails at once on a permanent failure', async () => {
    const vendor = new ScriptedVendor(fails('permission_missing', 'needs pull_requests:write'));
    const dispatcher = await dispatchers.start(vendor);
    const reply = await dispatcher.comment();
    expect(reply).toMatchObject({ success: false, errorCode: 'permission_missing', isTransient: false });
    const row = await dispatchers.row(idOf(reply));
    expect(row).toMatchObject({ state: 'failed', attempts: 1, outcome: reply });
    const [, event] = await dispatchers.events(row.id);
    expect(event).toMatchObject({
      event: 'annotation_failed',
      data: { errorCode: 'permission_missing', attempts: 1 },
    });
    expect(vendor.calls).toHaveLength(1);
  });

  it('is retried after a transient failure while the caller waits', async () => {
    const vendor = new ScriptedVendor();
    vendor.next(fails('network', 'reset', { retryAfterMs: 30 }), fails('timeout', 'slow', { retryAfterMs: 30 }));
    const dispatcher = await dispatchers.start(vendor);
    const reply = await dispatcher.comment();
    expect(reply.success).toBe(true);
    expect(await dispatchers.row(idOf(reply))).toMatchObject({ state: 'succeeded', attempts: 3 });
  });

  it('fails when it has no attempts left', async () => {
    const dispatcher = await dispatchers.start(new ScriptedVendor(fails('network', 'reset', { retryAfterMs: 10 })));
    const reply = await dispatcher.comment();
    expect(reply).toMatchObject({ success: false, errorCode: 'network', isTransient: true });
    expect(await dispatchers.row(idOf(reply))).toMatchObject({ state: 'failed', attempts: 3 });
  });

  it('waits for rate limits without using up attempts', async () => {
    const vendor = new ScriptedVendor();
    vendor.next(...Array.from({ length: 5 }, () => fails('rate_limited', 'slow down', { retryAfterMs: 10 })));
    const dispatcher = await dispatchers.start(vendor);
    const reply = await dispatcher.comment();
    expect(reply.success).toBe(true);
    expect(vendor.calls).toHaveLength(6);
    expect(await dispatchers.row(idOf(reply))).toMatchObject({ attempts: 1 });
  });

  it('shows its next attempt in the ledger, but not the outcome of the last one', async () => {
    const dispatcher = await dispatchers.start(new ScriptedVendor(fails('network', 'reset', { retryAfterMs: 60_000 })));
    const id = idOf(await dispatcher.comment(accepted));
    await dispatchers.row(id, ({ state, nextAttemptAt }) => state === 'queued' && nextAttemptAt !== null);
    const view = await dispatcher.requests.operation('acme', id);
    expect(view).toMatchObject({ state: 'queued', attempts: 1, outcome: null, finishedAt: null });
    expect(Date.parse(view.nextAttemptAt!)).toBeGreaterThan(Date.now() + 50_000);
  });

  it("ends even if the vendor's answer contains characters that cannot be stored", async () => {
    const vendor = new ScriptedVendor();
    vendor.place = 'acme\u0000\ud800';
    const dispatcher = await dispatchers.start(vendor, brief);
    const reply = await dispatcher.comment();
    expect(reply).toMatchObject({ success: true, result: { url: 'https://vendor.example/acme\ufffd' } });
    expect(await dispatchers.row(idOf(reply))).toMatchObject({ state: 'succeeded', attempts: 1, outcome: reply });
    expect(vendor.calls).toHaveLength(1);
  });

  it('survives an unexpected exception of a plugin, about which the caller learns only "internal"', async () => {
    const vendor = new ScriptedVendor(() => {
      throw new TypeError('token abc is undefined');
    });
    const dispatcher = await dispatchers.start(vendor, { maxAttempts: 1 });
    const reply = await dispatcher.comment();
    expect(reply).toMatchObject({ success: false, errorCode: 'internal', isTransient: true });
    expect(reply.errorMessage).not.toContain('abc');
    const fault = dispatcher.lines.find(({ level }) => level === 'error');
    expect(fault).toMatchObject({
      message: 'annotation attempt failed unexpectedly',
      fields: { errorCode: 'internal' },
    });
  });

  it('aborts an attempt that takes too long, and retries', async () => {
    const vendor = new ScriptedVendor();
    vendor.next(hangs);
    const dispatcher = await dispatchers.start(vendor, { attemptTimeoutMs: 100 });
    const id = idOf(await dispatcher.comment({ ...accepted, pullRequestNumber: 31 }));
    await eventually('the end of the attempt', () =>
      dispatcher.lines.find(({ fields }) => fields['errorCode'] === 'timeout'),
    );
    await dispatchers.db.sql('UPDATE annotation_lane SET due_at = now()');
    expect(await dispatchers.row(id)).toMatchObject({ state: 'succeeded', attempts: 2 });
  });

  it('is not posted through an integration that was disabled or deleted in the meantime', async () => {
    const vendor = new ScriptedVendor();
    vendor.next(async () => {
      await dispatchers.db.sql('UPDATE integration SET enabled = false');
      fails('network', 'reset', { retryAfterMs: 10 })();
    });
    const dispatcher = await dispatchers.start(vendor);
    expect(await dispatcher.comment()).toMatchObject({ success: false, errorCode: 'integration_disabled' });
    await dispatchers.db.sql('UPDATE integration SET enabled = true');
    expect(vendor.calls).toHaveLength(1);
  });

  it('gets an event about its end even if its integration was deleted', async () => {
    const vendor = new ScriptedVendor();
    vendor.next(async () => {
      await dispatchers.db.sql('UPDATE integration SET deleted_at = now()');
      fails('network', 'reset', { retryAfterMs: 10 })();
    });
    const dispatcher = await dispatchers.start(vendor);
    const reply = await dispatcher.comment();
    expect(reply).toMatchObject({ success: false, errorCode: 'not_found' });
    await dispatchers.db.sql('UPDATE integration SET deleted_at = NULL');
    const told = await dispatchers.db.sql<{ event: string }>(
      `SELECT event FROM outbox WHERE data->>'operationId' = $1 ORDER BY id`,
      [idOf(reply)],
    );
    expect(told.map(({ event }) => event)).toEqual(['annotation_accepted', 'annotation_failed']);
  });
});

describe('a deadline', () => {
  it('of the caller ends its wait, not the operation', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const dispatcher = await dispatchers.start(new ScriptedVendor(() => answered));
    const reply = await dispatcher.comment({ pullRequestNumber: 40 }, { deadlineMs: 200 });
    expect(reply).toMatchObject({ success: false, errorCode: 'deadline_exceeded', operationId: expect.any(String) });
    answer();
    expect(await dispatchers.row(idOf(reply))).toMatchObject({ state: 'succeeded' });
  });

  it('of the operation fails it before its next attempt', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const vendor = new ScriptedVendor(() => answered);
    const dispatcher = await dispatchers.start(vendor);
    const first = dispatcher.comment({ pullRequestNumber: 41, body: 'first' });
    const second = await dispatcher.comment({ pullRequestNumber: 41, body: 'second', deadlineMs: 200 });
    expect(second).toMatchObject({ success: false, errorCode: 'deadline_exceeded' });
    answer();
    expect((await first).success).toBe(true);
    const row = await dispatchers.row(idOf(second));
    expect(row).toMatchObject({ state: 'failed', outcome: { errorCode: 'deadline_exceeded' } });
    expect(vendor.calls.map(({ body }) => body)).toEqual(['first']);
  });
});

describe('an idempotency key', () => {
  it('returns the first outcome for a repeated request, without posting again', async () => {
    const vendor = new ScriptedVendor();
    const dispatcher = await dispatchers.start(vendor);
    const first = await dispatcher.comment({ idempotencyKey: 'k1', updateExisting: false });
    const second = await dispatcher.comment({ idempotencyKey: 'k1', updateExisting: false });
    expect(second).toEqual(first);
    expect(vendor.calls).toHaveLength(1);
  });

  it('may be given in the headers as well', async () => {
    const vendor = new ScriptedVendor();
    const dispatcher = await dispatchers.start(vendor);
    const first = await dispatcher.comment({}, { idempotencyKey: 'k2' });
    expect(await dispatcher.comment({ idempotencyKey: 'k2' })).toEqual(first);
    expect(vendor.calls).toHaveLength(1);
  });

  it('lets repeated requests wait for the outcome of the one in flight', async () => {
    const vendor = new ScriptedVendor(takes(200));
    const [one, two] = await Promise.all([dispatchers.start(vendor), dispatchers.start(vendor)]);
    const asked = [one, two, one, two, one, two].map((dispatcher) => dispatcher.comment({ idempotencyKey: 'k3' }));
    const replies = await Promise.all(asked);
    expect(replies).toEqual(Array.from(replies, () => expect.objectContaining({ ...replies[0], success: true })));
    expect(vendor.calls).toHaveLength(1);
  });

  it('refuses a different request, and names the field', async () => {
    const vendor = new ScriptedVendor();
    const dispatcher = await dispatchers.start(vendor);
    await dispatcher.comment({ idempotencyKey: 'k4' });
    await expect(dispatcher.comment({ idempotencyKey: 'k4', body: 'other' })).rejects.toMatchObject({
      errorCode: 'conflict',
      details: [{ field: 'idempotencyKey' }],
    });
    expect(vendor.calls).toHaveLength(1);
  });

  it('returns the first outcome even if the integration has been disabled since', async () => {
    const dispatcher = await dispatchers.start(new ScriptedVendor());
    const first = await dispatcher.comment({ idempotencyKey: 'k5' });
    await dispatchers.db.sql('UPDATE integration SET enabled = false');
    const again = await dispatcher.comment({ idempotencyKey: 'k5' });
    await dispatchers.db.sql('UPDATE integration SET enabled = true');
    expect(again).toEqual(first);
  });
});

describe('a submission', () => {
  it('that is delivered twice is posted once', async () => {
    const vendor = new ScriptedVendor();
    const dispatcher = await dispatchers.start(vendor);
    const message = submission({ updateExisting: false });
    await expect(dispatcher.submissions.handle(message)).resolves.toEqual({ kind: 'done' });
    await dispatchers.idle();
    await dispatchers.db.sql('UPDATE integration SET enabled = false');
    await expect(dispatcher.submissions.handle(message)).resolves.toEqual({ kind: 'done' });
    await dispatchers.db.sql('UPDATE integration SET enabled = true');
    await dispatchers.idle();
    expect(vendor.calls).toHaveLength(1);
  });

  it('that arrives late is not posted: its deadline counts from its publication', async () => {
    const vendor = new ScriptedVendor();
    const dispatcher = await dispatchers.start(vendor);
    await dispatcher.submissions.handle(submission({ deadlineMs: 5_000 }, new Date(Date.now() - 6_000)));
    await dispatchers.idle();
    expect(await dispatchers.db.sql('SELECT state FROM annotation_operation')).toEqual([{ state: 'failed' }]);
    expect(vendor.calls).toEqual([]);
  });
});

describe('offline', () => {
  it('sends nothing, parks the payload and logs it for posting by hand', async () => {
    const vendor = new ScriptedVendor();
    const dispatcher = await dispatchers.start(vendor, { offline: true });
    const reply = await dispatcher.comment({ body: 'for later' });
    expect(reply).toMatchObject({ success: false, skippedOffline: true, errorCode: 'offline', isTransient: false });
    const row = await dispatchers.row(idOf(reply));
    expect(row).toMatchObject({ state: 'parked_offline', outcome: reply });
    expect((await dispatchers.events(row.id)).map(({ event }) => event)).toEqual([
      'annotation_accepted',
      'annotation_parked',
    ]);
    expect(vendor.calls).toEqual([]);
    expect(dispatcher.lines).toEqual([
      {
        level: 'warn',
        message: 'annotation parked offline',
        fields: expect.objectContaining({
          errorCode: 'offline',
          payload: expect.objectContaining({ body: 'for later', owner: 'octo', pullRequestNumber: 7 }),
        }),
      },
    ]);
  });
});

describe('operations with one upsert key', () => {
  it('are superseded by the newest while they wait, and their callers are told', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const vendor = new ScriptedVendor(() => answered);
    const dispatcher = await dispatchers.start(vendor);
    const key = { upsertKey: 'sast', pullRequestNumber: 60 };
    const running = dispatcher.comment({ ...key, revision: 1, body: 'r1' });
    await eventually('the first to run', () => vendor.calls[0]);
    const waiting = dispatcher.comment({ ...key, revision: 2, body: 'r2' });
    await eventually('the second to be accepted', async () => {
      const [row] = await dispatchers.db.sql('SELECT 1 FROM annotation_operation WHERE revision = 2');
      return row;
    });
    const newest = dispatcher.comment({ ...key, revision: 3, body: 'r3' });

    const superseded = await waiting;
    answer();
    expect(superseded).toMatchObject({ success: false, errorCode: 'superseded' });
    expect((await running).success).toBe(true);
    expect((await newest).success).toBe(true);
    expect(vendor.calls.map(({ body }) => body)).toEqual(['r1', 'r3']);
    const row = await dispatchers.row(idOf(superseded));
    expect(row).toMatchObject({ state: 'superseded', outcome: superseded });
    expect((await dispatchers.events(row.id)).map(({ event }) => event)).toEqual([
      'annotation_accepted',
      'annotation_superseded',
    ]);
    expect(dispatcher.counted.filter(({ status }) => status === 'superseded')).toEqual([
      { status: 'superseded', seconds: null },
    ]);
  });

  it('do not wait for the next attempt of an operation that they supersede', async () => {
    const vendor = new ScriptedVendor();
    vendor.next(fails('network', 'reset', { retryAfterMs: 60_000 }));
    const dispatcher = await dispatchers.start(vendor);
    const key = { upsertKey: 'sast', pullRequestNumber: 62 };
    const id = idOf(await dispatcher.comment({ ...accepted, ...key, body: 'old' }));
    await dispatchers.row(id, ({ state, nextAttemptAt }) => state === 'queued' && nextAttemptAt !== null);

    expect(await dispatcher.comment({ ...key, body: 'new', deadlineMs: 5_000 })).toMatchObject({ success: true });
    expect(vendor.calls.map(({ body }) => body)).toEqual(['old', 'new']);
  });

  it('do not hurry an operation that waits in the lane for another reason', async () => {
    const vendor = new ScriptedVendor();
    vendor.next(fails('network', 'reset', { retryAfterMs: 60_000 }));
    const dispatcher = await dispatchers.start(vendor);
    const place = { ...accepted, pullRequestNumber: 63 };
    const first = idOf(await dispatcher.comment({ ...place, body: 'first', upsertKey: 'other' }));
    await dispatchers.row(first, ({ state, nextAttemptAt }) => state === 'queued' && nextAttemptAt !== null);
    const old = idOf(await dispatcher.comment({ ...place, body: 'old', upsertKey: 'sast' }));
    await dispatcher.comment({ ...place, body: 'new', upsertKey: 'sast' });

    await dispatchers.row(old, ({ state }) => state === 'superseded');
    await sleep(300);
    expect(vendor.calls.map(({ body }) => body)).toEqual(['first']);
  });

  it('are not posted when a newer revision arrived before them', async () => {
    const vendor = new ScriptedVendor();
    const dispatcher = await dispatchers.start(vendor);
    const key = { upsertKey: 'sast', pullRequestNumber: 61 };
    await dispatcher.comment({ ...key, revision: 5, body: 'new' });
    const old = await dispatcher.comment({ ...key, revision: 4, body: 'old' });
    expect(old).toMatchObject({ success: false, errorCode: 'superseded', operationId: expect.any(String) });
    expect(await dispatchers.row(idOf(old))).toMatchObject({ state: 'superseded', outcome: old });
    expect((await dispatchers.events(idOf(old))).map(({ event }) => event)).toEqual([
      'annotation_accepted',
      'annotation_superseded',
    ]);
    expect(vendor.calls.map(({ body }) => body)).toEqual(['new']);
    await dispatchers.idle();
  });
});

describe('several dispatchers', () => {
  it('keep the order of each lane, post one at a time, and post each operation once', async () => {
    const vendor = new ScriptedVendor(takes(2));
    const all = await Promise.all([1, 2, 3].map(() => dispatchers.start(vendor, { laneConcurrency: 3 })));
    const requests = Array.from({ length: 120 }, (_, n) => ({ pullRequestNumber: 100 + (n % 6), body: String(n) }));
    const replies = await Promise.all(
      requests.map((request, n) => all[n % 3]!.comment({ ...request, updateExisting: false })),
    );
    expect(replies.every(({ success }) => success)).toBe(true);
    expect(vendor.mostAtOnce).toBe(1);
    expect(vendor.calls).toHaveLength(120);

    const rows = await dispatchers.db.sql<{ id: string; place: string }>(
      `SELECT id, 'octo/demo#' || pr_number AS place FROM annotation_operation
       WHERE pr_number BETWEEN 100 AND 105 ORDER BY position`,
    );
    for (const place of new Set(rows.map((row) => row.place))) {
      const asAccepted = rows.filter((row) => row.place === place).map(({ id }) => id);
      const asPosted = vendor.calls.filter((call) => call.place === place).map(({ operationId }) => operationId);
      expect(asPosted).toEqual(asAccepted);
    }
  });

  it('return the outcomes of operations that another dispatcher carried out', async () => {
    const vendor = new ScriptedVendor();
    const door = await dispatchers.start(vendor, { laneConcurrency: 0 });
    await dispatchers.start(vendor);
    const reply = await door.comment();
    expect(reply.success).toBe(true);
    expect(door.counted).toEqual([]);
  });

  it('do not delay one lane because another is slow', async () => {
    const vendor = new ScriptedVendor();
    vendor.next(hangs);
    const dispatcher = await dispatchers.start(vendor);
    await dispatcher.comment({ ...accepted, pullRequestNumber: 120 });
    await eventually('the slow one', () => vendor.calls[0]);
    expect((await dispatcher.comment({ pullRequestNumber: 121 })).success).toBe(true);
  });

  it('start operations later for which there was no capacity on acceptance', async () => {
    const vendor = new ScriptedVendor(takes(50));
    const dispatcher = await dispatchers.start(vendor, { laneConcurrency: 2, lanePollMs: 60_000 });
    const numbers = Array.from({ length: 12 }, (_, n) => 130 + n);
    const replies = await Promise.all(numbers.map((pullRequestNumber) => dispatcher.comment({ pullRequestNumber })));
    expect(replies.every(({ success }) => success)).toBe(true);
  });
});

describe('a lease', () => {
  it('of a dead dispatcher passes to another, which makes one more attempt', async () => {
    const dead = await dispatchers.start(new ScriptedVendor(), { laneConcurrency: 0 });
    const id = idOf(await dead.comment({ ...accepted, pullRequestNumber: 200 }));
    expect(await dispatchers.operations.claimAndBegin({ limit: 5, leaseMs: 60_000 })).toMatchObject([
      { begun: { row: { id } } },
    ]);

    const vendor = new ScriptedVendor();
    await dispatchers.start(vendor);
    await sleep(200);
    expect(vendor.calls).toEqual([]);
    await dispatchers.db.sql('UPDATE annotation_lane SET lease_until = now()');
    expect(await dispatchers.row(id)).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect(vendor.calls).toHaveLength(1);
  });

  it('is renewed for as long as an operation takes', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const vendor = new ScriptedVendor(() => answered);
    const lease = { laneLeaseMs: 6_000 };
    const [one] = await Promise.all([dispatchers.start(vendor, lease), dispatchers.start(vendor, lease)]);
    const reply = one.comment({ pullRequestNumber: 201 });
    await eventually('the attempt', () => vendor.calls[0]);
    const until = async () => {
      const [lane] = await dispatchers.db.sql<{ until: Date }>('SELECT lease_until AS until FROM annotation_lane');
      return lane!.until.getTime();
    };
    const first = await until();
    await eventually('a second renewal', async () => (await until()) >= first + 2 * 2_000);
    answer();
    expect((await reply).success).toBe(true);
    expect(vendor.calls).toHaveLength(1);
  });

  it('that is lost aborts the attempt, and its former holder writes nothing', async () => {
    const vendor = new ScriptedVendor();
    vendor.next(hangs);
    const loser = await dispatchers.start(vendor, brief);
    const id = idOf(await loser.comment({ ...accepted, pullRequestNumber: 202 }));
    const call = await eventually('the attempt', () => vendor.calls[0]);
    await dispatchers.db.sql(
      "UPDATE annotation_lane SET lease_token = gen_random_uuid(), lease_until = now() + interval '1 minute'",
    );
    await eventually('the abort', () => (call.signal.aborted ? true : null));
    await sleep(300);
    expect(await dispatchers.operations.find('acme', id)).toMatchObject({ state: 'running', attempts: 1 });
    expect(loser.counted).toEqual([]);
    expect(loser.lines.map(({ message }) => message)).toEqual(['lane lease lost; attempt aborted']);
    await dispatchers.db.sql('UPDATE annotation_lane SET lease_until = now()');
    expect(await dispatchers.row(id)).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect((await dispatchers.events(id)).map(({ event }) => event)).toEqual([
      'annotation_accepted',
      'annotation_posted',
    ]);
  });

  it('survives broken connections: the operation is found again and ends once', async () => {
    const vendor = new ScriptedVendor(takes(300));
    const dispatcher = await dispatchers.start(vendor, brief);
    const reply = dispatcher.comment({ pullRequestNumber: 203 });
    await eventually('the attempt', () => vendor.calls[0]);
    await dispatchers.db.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'test'`,
    );
    expect((await reply).success).toBe(true);
    expect(vendor.stored.get('octo/demo#203 default')).toBe('hi');
    await dispatchers.idle();
  });
});

describe('a shutdown', () => {
  it('lets the current attempt end, and releases the rest of its lane', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const vendor = new ScriptedVendor(() => answered);
    const leaving = await dispatchers.start(vendor);
    const ids = [];
    for (const body of ['1', '2']) {
      ids.push(idOf(await leaving.comment({ ...accepted, pullRequestNumber: 300, body })));
    }
    await eventually('the attempt', () => vendor.calls[0]);
    const stopped = leaving.engine.stop(5_000);
    answer();
    await stopped;
    expect(await dispatchers.operations.find('acme', ids[0]!)).toMatchObject({ state: 'succeeded' });
    expect(await dispatchers.operations.find('acme', ids[1]!)).toMatchObject({ state: 'queued' });
    expect(await dispatchers.lanes()).toEqual([{ lane: expect.stringContaining('#300'), lease_token: null }]);
    await dispatchers.start(vendor);
    expect(await dispatchers.row(ids[1]!)).toMatchObject({ state: 'succeeded', attempts: 1 });
  });

  it('aborts an attempt that takes too long, and leaves it to the next holder once the lease has expired', async () => {
    const vendor = new ScriptedVendor();
    vendor.next(hangs);
    const leaving = await dispatchers.start(vendor, brief);
    const id = idOf(await leaving.comment({ ...accepted, pullRequestNumber: 301 }));
    await eventually('the attempt', () => vendor.calls[0]);
    await leaving.engine.stop(200);
    expect(await dispatchers.operations.find('acme', id)).toMatchObject({ state: 'running' });
    await dispatchers.start(vendor);
    expect(await dispatchers.row(id)).toMatchObject({ state: 'succeeded', attempts: 2 });
  });
});
