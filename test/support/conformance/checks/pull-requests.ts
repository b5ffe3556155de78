import assert from 'node:assert/strict';
import { succeed } from '../outcome';
import type { Rig } from '../rig';
import type { Check, Plan } from './check';

const NAME = 'pull_request';

/** For providers with a sample request. */
export function pullRequestChecks({ calls }: Plan): Check[] {
  if (!calls.some(({ name }) => name === NAME)) return [];
  return [{ title: `${NAME}: returns head, state, draft and locked, and writes nothing`, run: returnsFacts }];
}

async function returnsFacts(rig: Rig): Promise<void> {
  const { plugin, integration, deps } = await rig.connect();
  const before = rig.stored();
  const { annotations } = plugin.open(integration, deps);
  const pullRequest = rig.subject.requests.pull_request!;
  const facts = await succeed(NAME, (signal) => annotations!.readPullRequest!(pullRequest, signal));
  assert.match(facts.headSha, /^([0-9a-f]{40}|[0-9a-f]{64})$/, 'headSha is no full commit sha');
  assert.ok(['open', 'closed'].includes(facts.state), `state is ${facts.state}`);
  assert.deepEqual(
    [typeof facts.draft, typeof facts.locked],
    ['boolean', 'boolean'],
    'draft and locked are no booleans',
  );
  assert.equal(rig.stored(), before, 'reading it has written something');
}
