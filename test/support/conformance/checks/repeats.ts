import assert from 'node:assert/strict';
import type { ScmResponse } from '@integrations/contracts';
import type { ProviderOperation } from '../actions';
import { ProviderError } from '@integrations/provider-kit';
import { type PostOptions, post } from '../actions';
import { settle, succeed } from '../outcome';
import type { Connection, Rig } from '../rig';
import type { Check, Plan } from './check';

/** Changes, each applied alone, that make a sample request ask for something else under the same key. */
const CHANGES: Readonly<Record<ProviderOperation, readonly object[]>> = {
  comment: [{ body: 'Something else.' }],
  status: [{ state: 'failure' }, { description: 'Something else.' }, { targetUrl: 'https://scans.example/2' }],
  check_run: [
    { conclusion: 'neutral' },
    { summary: 'Something else.' },
    { text: 'Something else.' },
    { detailsUrl: 'https://scans.example/2' },
  ],
};
const ADDED = { updateExisting: false };

export function repeatChecks({ operations }: Plan): Check[] {
  const comments: Check[] = [
    {
      title: 'comment: without updateExisting, adds one comment per operation, also when an operation runs twice',
      run: addsOncePerOperation,
    },
  ];
  return [
    ...operations.flatMap((operation) => [
      {
        title: `${operation}: changes nothing when the request is repeated, and posts only one`,
        run: (rig: Rig) => staysUnchanged(rig, operation),
      },
      {
        title: `${operation}: applies a changed request, and leaves only one at the vendor`,
        run: (rig: Rig) => showsChanges(rig, operation),
      },
      {
        title: `${operation}: posts only one when a reply is lost and the operation runs again`,
        run: (rig: Rig) => survivesLostReplies(rig, operation),
      },
    ]),
    ...(operations.includes('comment') ? comments : []),
  ];
}

async function staysUnchanged(rig: Rig, operation: ProviderOperation): Promise<void> {
  const first = await rig.connect();
  const created = await posted(rig, operation, first);
  const again = await posted(rig, operation, rig.reconnect(first));
  assert.equal(created.outcome, 'created');
  assert.equal(again.outcome, 'unchanged');
  assert.equal(again.url, created.url);
  assert.equal(rig.stored(), 1, `${rig.stored()} at the vendor`);
}

async function showsChanges(rig: Rig, operation: ProviderOperation): Promise<void> {
  for (const changes of CHANGES[operation]) {
    const what = Object.keys(changes).join();
    const first = await rig.connect();
    await posted(rig, operation, first);
    const changed = await posted(rig, operation, rig.reconnect(first), { changes });
    const again = await posted(rig, operation, rig.reconnect(first), { changes });
    // Something that a vendor does not allow to change, such as a completed check run, is replaced by a new one.
    assert.notEqual(changed.outcome, 'unchanged', `another ${what} is not posted`);
    assert.equal(again.outcome, 'unchanged', `another ${what} is not there the next time`);
    assert.equal(rig.stored(), 1, `${rig.stored()} at the vendor`);
  }
}

async function survivesLostReplies(rig: Rig, operation: ProviderOperation): Promise<void> {
  const variants = operation === 'comment' ? [{}, ADDED] : [{}];
  for (const changes of variants) {
    await rig.connect().then((connection) => posted(rig, operation, connection, { changes }));
    const requests = rig.proxy?.seen.length ?? 0;
    for (let at = 1; at <= requests; at++) await losesReply(rig, operation, changes, at);
  }
}

async function losesReply(rig: Rig, operation: ProviderOperation, changes: object, at: number): Promise<void> {
  const options = { operationId: 'the-same-operation', changes };
  const first = await rig.connect();
  rig.disturb({ kind: 'lost reply', at });
  const lost = await settle(operation, (signal) =>
    post(rig.subject.requests, operation, first, { ...options, signal }),
  );
  assert.ok(!lost.ok && lost.error instanceof ProviderError, `request ${at}: succeeds although its reply was lost`);
  assert.equal(lost.error.transient, true, `request ${at}: a lost reply is ${lost.error.code}, not transient`);

  rig.disturb();
  await posted(rig, operation, rig.reconnect(first), options);
  assert.equal(rig.stored(), 1, `the reply to request ${at} was lost: ${rig.stored()} at the vendor after the rerun`);
}

async function addsOncePerOperation(rig: Rig): Promise<void> {
  const first = await rig.connect();
  for (const operationId of ['first', 'first', 'second']) {
    await posted(rig, 'comment', rig.reconnect(first), { operationId, changes: ADDED });
  }
  assert.equal(rig.stored(), 2, `${rig.stored()} at the vendor`);
}

function posted(
  rig: Rig,
  operation: ProviderOperation,
  connection: Connection,
  options: PostOptions = {},
): Promise<ScmResponse> {
  return succeed(operation, (signal) => post(rig.subject.requests, operation, connection, { ...options, signal }));
}
