import assert from 'node:assert/strict';
import {
  type InlineCommentsRequest,
  type InlineCommentsResponse,
  type InlineOutcome,
  ProviderError,
} from '@integrations/provider-kit';
import { placeInline } from '../actions';
import { settle, succeed } from '../outcome';
import type { Connection, Rig } from '../rig';
import type { Check, Plan } from './check';

const NAME = 'inline_comments';
type Request = InlineCommentsRequest;

/** For providers with a sample request: remarks must be kept up to date as a set. */
export function inlineCommentChecks({ calls }: Plan): Check[] {
  if (!calls.some(({ name }) => name === NAME)) return [];
  return [
    { title: `${NAME}: changes no remark when the request is repeated, and posts each once`, run: staysUnchanged },
    { title: `${NAME}: updates a changed remark in place`, run: showsChange },
    { title: `${NAME}: keeps two remarks with the same fingerprint apart`, run: keepsTwins },
    { title: `${NAME}: leaves the remarks of another upsertKey alone`, run: leavesOthers },
    { title: `${NAME}: settles remarks that are no longer reported once, in the requested way`, run: settles },
    { title: `${NAME}: posts no second remark after a lost reply`, run: survivesLostReplies },
  ];
}

async function staysUnchanged(rig: Rig): Promise<void> {
  const first = await rig.connect();
  const before = rig.stored();
  const created = await placed(rig, first);
  const again = await placed(rig, rig.reconnect(first));
  const wanted = sample(rig).comments.map(({ fingerprint }) => fingerprint);
  assert.ok(wanted.length > 1, 'the sample request has too few remarks to prove anything');
  assert.deepEqual(fingerprints(created), wanted, 'not the outcomes of the request, in its order');
  assertOutcomes(created, 'created');
  assertOutcomes(again, 'unchanged');
  assert.deepEqual(urls(again), urls(created));
  assert.equal(rig.stored() - before, wanted.length, `${rig.stored()} at the vendor`);
}

async function showsChange(rig: Rig): Promise<void> {
  const [changed, ...others] = sample(rig).comments;
  const comments = [{ ...changed!, body: 'Something else.' }, ...others];
  const first = await rig.connect();
  await placed(rig, first);
  const stored = rig.stored();
  const updated = await placed(rig, rig.reconnect(first), { comments });
  const again = await placed(rig, rig.reconnect(first), { comments });
  assert.equal(updated.comments[0]?.outcome, 'updated');
  assertOutcomes(again, 'unchanged');
  assert.equal(rig.stored(), stored, `${rig.stored()} at the vendor`);
}

async function keepsTwins(rig: Rig): Promise<void> {
  const [one, two] = sample(rig).comments;
  const comments = [one!, { ...two!, fingerprint: one!.fingerprint }];
  const first = await rig.connect();
  const before = rig.stored();
  assertOutcomes(await placed(rig, first, { comments }), 'created');
  assertOutcomes(await placed(rig, rig.reconnect(first), { comments }), 'unchanged');
  assert.equal(rig.stored() - before, 2, `${rig.stored()} at the vendor`);
}

async function leavesOthers(rig: Rig): Promise<void> {
  const first = await rig.connect();
  await placed(rig, first, {}, 'another');
  const response = await placed(rig, rig.reconnect(first), { comments: [], outdated: 'delete' });
  assert.equal(response.outdated, 0, 'remarks of another upsertKey are taken for outdated');
  assertOutcomes(await placed(rig, rig.reconnect(first), {}, 'another'), 'unchanged');
}

async function settles(rig: Rig): Promise<void> {
  const count = sample(rig).comments.length;
  const first = await rig.connect();
  const before = rig.stored();
  await placed(rig, first);
  const run = async (outdated: Request['outdated']) =>
    (await placed(rig, rig.reconnect(first), { comments: [], outdated })).outdated;
  assert.equal(await run('keep'), 0, 'settles what is to be kept');
  assert.equal(rig.stored() - before, count, 'removes what is to be kept');
  assert.equal(await run('resolve'), count, 'not all are resolved');
  assert.equal(await run('resolve'), 0, 'resolves what is resolved');
  assertOutcomes(await placed(rig, rig.reconnect(first)), 'updated');
  assert.equal(await run('delete'), count, 'not all are deleted');
  assert.equal(rig.stored(), before, 'what is to be deleted is still there');
}

async function survivesLostReplies(rig: Rig): Promise<void> {
  await placed(rig, await rig.connect());
  const requests = rig.proxy?.seen.length ?? 0;
  for (let at = 1; at <= requests; at++) await losesReply(rig, at);
}

async function losesReply(rig: Rig, at: number): Promise<void> {
  const first = await rig.connect();
  const before = rig.stored();
  rig.disturb({ kind: 'lost reply', at });
  const lost = await settle(NAME, (signal) => placeInline(rig.subject.requests, first, { signal }));
  assert.ok(!lost.ok && lost.error instanceof ProviderError, `request ${at}: succeeds although its reply was lost`);
  assert.equal(lost.error.transient, true, `request ${at}: a lost reply is ${lost.error.code}, not transient`);
  rig.disturb();
  const { comments } = await placed(rig, rig.reconnect(first));
  assert.equal(rig.stored() - before, comments.length, `the reply to request ${at} was lost: ${rig.stored()} there`);
}

function placed(
  rig: Rig,
  connection: Connection,
  changes: Partial<Request> = {},
  upsertKey?: string,
): Promise<InlineCommentsResponse> {
  return succeed(NAME, (signal) =>
    placeInline(rig.subject.requests, connection, { signal, changes, ...(upsertKey ? { upsertKey } : {}) }),
  );
}

function sample(rig: Rig): Request {
  return rig.subject.requests.inline_comments!;
}

function assertOutcomes({ comments }: InlineCommentsResponse, expected: InlineOutcome['outcome']): void {
  assert.deepEqual(
    comments.map(({ outcome }) => outcome),
    comments.map(() => expected),
  );
}

function fingerprints({ comments }: InlineCommentsResponse): string[] {
  return comments.map(({ fingerprint }) => fingerprint);
}

function urls({ comments }: InlineCommentsResponse): (string | null)[] {
  return comments.map(({ url }) => url);
}
