import assert from 'node:assert/strict';
import type { DiscoveredRepository, DiscoveryKind, DiscoveryPage } from '@integrations/contracts';
import { type DiscoveryQuery, ProviderError } from '@integrations/provider-kit';
import { discover } from '../actions';
import { settle, succeed } from '../outcome';
import type { Connection, Rig } from '../rig';
import type { Check, Plan } from './check';

/** More pages than a fake vendor can have: a list that does not end fails the check. */
const MAX_PAGES = 100;
const FOREIGN_CURSORS = ['junk', '', '-1', '0', '1e9', 'null', '../..', '9'.repeat(40)];

export function discoveryChecks({ kinds }: Plan): Check[] {
  return kinds.flatMap((kind) => [
    { title: `${kind}: one by one they are the same as all at once`, run: (rig: Rig) => pages(rig, kind) },
    { title: `${kind}: q finds by a part of the name, and nothing else`, run: (rig: Rig) => finds(rig, kind) },
    { title: `${kind}: a cursor of somebody else's making is refused`, run: (rig: Rig) => refusesCursors(rig, kind) },
  ]);
}

async function pages(rig: Rig, kind: DiscoveryKind): Promise<void> {
  const connection = await rig.connect();
  const whole = await all(connection, kind, {});
  assert.ok(whole.length > 1, `the vendor has ${whole.length} ${kind}: too few to prove anything`);
  for (const { id, owner, name, url } of whole) {
    assert.ok(
      id !== '' && (owner !== '' || connection.plugin.type === 'registry') && name !== '' && URL.canParse(url),
      `incomplete: ${id} ${owner}/${name} ${url}`,
    );
  }
  assert.equal(new Set(whole.map(({ id }) => id)).size, whole.length, 'one is listed twice');
  assert.deepEqual(await all(connection, kind, { limit: 1 }), whole);
}

async function finds(rig: Rig, kind: DiscoveryKind): Promise<void> {
  const connection = await rig.connect();
  const whole = await all(connection, kind, {});
  const wanted = whole.at(-1)!;
  const q = nameOf(wanted).slice(1);
  const matching = whole.filter((one) => nameOf(one).includes(q));
  assert.deepEqual(await all(connection, kind, { q, limit: 1 }), matching);
  assert.deepEqual(await all(connection, kind, { q: 'no such name' }), []);
}

async function refusesCursors(rig: Rig, kind: DiscoveryKind): Promise<void> {
  for (const cursor of FOREIGN_CURSORS) {
    const connection = await rig.connect();
    const outcome = await settle(kind, (signal) => discover(kind, connection, { cursor }, signal));
    assert.ok(!outcome.ok && outcome.error instanceof ProviderError, `takes the cursor ${JSON.stringify(cursor)}`);
    assert.equal(outcome.error.code, 'invalid_request', `the cursor ${JSON.stringify(cursor)}`);
  }
}

async function all(
  connection: Connection,
  kind: DiscoveryKind,
  query: Partial<DiscoveryQuery>,
): Promise<DiscoveredRepository[]> {
  const items: DiscoveredRepository[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const next: Partial<DiscoveryQuery> = { ...query, cursor };
    const found: DiscoveryPage = await succeed(kind, (signal) => discover(kind, connection, next, signal));
    assert.ok(found.items.length <= (query.limit ?? 100), `${found.items.length} items on a page`);
    items.push(...found.items);
    cursor = found.nextCursor;
    if (cursor === null) return items;
  }
  assert.fail(`${kind} has no last page`);
}

function nameOf({ owner, name }: DiscoveredRepository): string {
  return `${owner}/${name}`.toLowerCase();
}
