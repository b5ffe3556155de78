import assert from 'node:assert/strict';
import type { Page } from '@integrations/contracts';
import { meetsLabels, ProviderError } from '@integrations/provider-kit';
import { type Listed, type Listing, type ListingQuery, runsListing, workloadsListing } from '../listings';
import { settle, succeed } from '../outcome';
import type { Connection, Rig } from '../rig';
import type { Check, Plan } from './check';

/** More pages than a fake vendor has. An endless list fails the check. */
const MAX_PAGES = 100;
const FOREIGN_CURSORS = ['junk', '', '-1', '0', '1e9', 'null', '../..', '9'.repeat(40)];

export function discoveryChecks({ listings }: Plan): Check[] {
  return listings.flatMap((listing) => [
    {
      title: `${listing.name}: lists the same items page by page as all at once`,
      run: (rig: Rig) => pages(rig, listing),
    },
    ...(listing.isSearched
      ? [
          {
            title: `${listing.name}: q returns exactly the items whose names contain it`,
            run: (rig: Rig) => finds(rig, listing),
          },
        ]
      : []),
    {
      title: `${listing.name}: refuses a cursor that it did not issue`,
      run: (rig: Rig) => refusesCursors(rig, listing),
    },
    ...(listing.name === 'runs'
      ? [
          { title: 'runs: lists the newest first', run: newestFirst },
          { title: 'runs: the commit filter returns exactly the runs of that commit', run: findsByCommit },
        ]
      : []),
    ...(listing.name === 'workloads'
      ? [
          { title: 'workloads: the label filter returns exactly the workloads with these labels', run: findsByLabels },
          { title: 'workloads: the namespace filter returns exactly the workloads in it', run: findsByNamespace },
        ]
      : []),
  ]);
}

async function pages(rig: Rig, listing: Listing): Promise<void> {
  const connection = await rig.connect();
  const whole = await all(connection, listing, {});
  assert.ok(whole.length > 1, `the vendor has ${whole.length} ${listing.name}: too few to prove anything`);
  for (const one of whole) {
    const isComplete =
      one.id !== '' && one.name !== '' && (!('url' in one) || one.url === null || URL.canParse(one.url));
    const hasOwner = listing.name !== 'repositories' || nameOf(one)[0] !== '/' || connection.plugin.type === 'registry';
    assert.ok(isComplete && hasOwner, `incomplete: ${JSON.stringify(one)}`);
  }
  assert.equal(new Set(whole.map(({ id }) => id)).size, whole.length, 'one is listed twice');
  assert.deepEqual(await all(connection, listing, { limit: 1 }), whole);
}

async function finds(rig: Rig, listing: Listing): Promise<void> {
  const connection = await rig.connect();
  const whole = await all(connection, listing, {});
  const q = nameOf(whole.at(-1)!).slice(1);
  const matching = whole.filter((one) => nameOf(one).includes(q));
  assert.deepEqual(await all(connection, listing, { q, limit: 1 }), matching);
  assert.deepEqual(await all(connection, listing, { q: 'no such name' }), []);
}

async function refusesCursors(rig: Rig, { name, list }: Listing): Promise<void> {
  for (const cursor of FOREIGN_CURSORS) {
    const connection = await rig.connect();
    const outcome = await settle(name, (signal) => list(connection, { cursor }, signal));
    assert.ok(!outcome.ok && outcome.error instanceof ProviderError, `takes the cursor ${JSON.stringify(cursor)}`);
    assert.equal(outcome.error.code, 'invalid_request', `the cursor ${JSON.stringify(cursor)}`);
  }
}

async function newestFirst(rig: Rig): Promise<void> {
  const runs = await all(await rig.connect(), runsListing(rig.subject.requests.runs ?? {}), {});
  const times = runs
    .map(({ createdAt, startedAt }) => Date.parse(createdAt ?? startedAt ?? ''))
    .filter(Number.isFinite);
  assert.ok(times.length > 1, 'runs do not tell when they began: too few to prove anything');
  assert.deepEqual(
    times,
    times.toSorted((a, b) => b - a),
  );
}

/** If no run shows its commit, a query by commit must be rejected instead of returning nothing. */
async function findsByCommit(rig: Rig): Promise<void> {
  const connection = await rig.connect();
  const runs = runsListing(rig.subject.requests.runs ?? {});
  const whole = await all(connection, runs, {});
  const commit = whole.findLast((run) => run.commit !== null)?.commit;
  if (commit) {
    const matching = whole.filter((run) => run.commit === commit);
    assert.notDeepEqual(matching, whole, 'all runs are of one commit: too few to prove anything');
    assert.deepEqual(await all(connection, runs, { commit, limit: 1 }), matching);
    assert.deepEqual(await all(connection, runs, { commit: 'd'.repeat(40) }), []);
    return;
  }
  const outcome = await settle('runs', (signal) => runs.list(connection, { commit: 'd'.repeat(40) }, signal));
  assert.ok(!outcome.ok && outcome.error instanceof ProviderError, 'takes a commit although no run tells its own');
  assert.equal(outcome.error.code, 'invalid_request');
}

async function findsByLabels(rig: Rig): Promise<void> {
  const connection = await rig.connect();
  const whole = await all(connection, workloadsListing, {});
  const [name, value] =
    Object.entries(whole.findLast(({ labels }) => Object.keys(labels).length > 0)?.labels ?? {})[0] ?? [];
  assert.ok(name !== undefined && value !== undefined, 'no workload has a label: too few to prove anything');
  for (const wanted of [[{ name, value }], [{ name, value: null }], [{ name, value: `${value}x` }]]) {
    const matching = whole.filter(({ labels }) => meetsLabels(labels, wanted));
    assert.deepEqual(await all(connection, workloadsListing, { labels: wanted, limit: 1 }), matching);
  }
}

async function findsByNamespace(rig: Rig): Promise<void> {
  const connection = await rig.connect();
  const whole = await all(connection, workloadsListing, {});
  for (const namespace of [whole.at(-1)!.namespace ?? 'nowhere', 'nowhere']) {
    const matching = whole.filter((one) => one.namespace === namespace);
    assert.deepEqual(await all(connection, workloadsListing, { namespace, limit: 1 }), matching);
  }
}

async function all<T extends Listed>(
  connection: Connection,
  { name, list }: Listing<T>,
  query: ListingQuery,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const next: ListingQuery = { ...query, cursor };
    const found: Page<T> = await succeed(name, (signal) => list(connection, next, signal));
    assert.ok(found.items.length <= (query.limit ?? 100), `${found.items.length} items on a page`);
    items.push(...found.items);
    cursor = found.nextCursor;
    if (cursor === null) return items;
  }
  assert.fail(`${name} has no last page`);
}

/** The name in which `q` is searched. */
function nameOf(one: Listed): string {
  return ('owner' in one && typeof one.owner === 'string' ? `${one.owner}/${one.name}` : one.name).toLowerCase();
}
