import type { Page } from '@integrations/contracts';
import { pageOf, type UpstreamPage } from './paging';

const TAGS = Array.from({ length: 25 }, (_, index) => `t${String(index).padStart(2, '0')}`);

/** A registry that returns at most `size` items per page, whatever the client asks for. */
function upstream(size: number) {
  const asked: string[] = [];
  const fetch = async (query: string): Promise<UpstreamPage<string>> => {
    asked.push(query);
    const start = Number(new URLSearchParams(query).get('at') ?? 0);
    const end = start + size;
    return { items: TAGS.slice(start, end), next: end < TAGS.length ? `at=${end}` : null };
  };
  return { fetch, asked };
}

async function all(fetch: (query: string) => Promise<UpstreamPage<string>>, limit: number, q: string | null = null) {
  const names: string[] = [];
  for (let cursor: string | null = null; ;) {
    const page: Page<string> = await pageOf(fetch, { limit, cursor, q }, (name) => name);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    names.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === null) return names;
  }
}

describe('pageOf', () => {
  it.each([1, 2, 7, 25, 100])('returns every item once, whatever the upstream page size: %d', async (limit) => {
    for (const size of [1, 3, 25, 1_000]) expect(await all(upstream(size).fetch, limit)).toEqual(TAGS);
  });

  it('requests as many items as it needs, and 1000 when it searches', async () => {
    const { fetch, asked } = upstream(10);
    await pageOf(fetch, { limit: 10, cursor: null, q: null }, (name) => name);
    const found = await pageOf(fetch, { limit: 10, cursor: null, q: 'tag-t2' }, (name) => `The Tag-${name}`);
    expect(found.items).toEqual(['t20', 't21', 't22', 't23', 't24']);
    expect(asked).toEqual(['n=10', 'n=1000', 'at=10', 'at=20']);
  });

  it('does not request a page again whose items were all returned', async () => {
    const page = await pageOf(upstream(10).fetch, { limit: 5, cursor: '0.5?n=5', q: null }, (name) => name);
    expect(page).toEqual({ items: TAGS.slice(5, 10), nextCursor: '1.0?at=10' });
  });

  it('loses nothing when a short upstream page precedes a full one', async () => {
    const pages = [['a'], ['b', 'c'], [], ['d', 'e']];
    const fetch = async (query: string) => {
      const index = query.startsWith('n=') ? 0 : Number(query);
      return { items: pages[index]!, next: index + 1 < pages.length ? String(index + 1) : null };
    };
    expect(await all(fetch, 2)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('reads at most five upstream pages per page, even without a match', async () => {
    const { fetch, asked } = upstream(1);
    const page = await pageOf(fetch, { limit: 10, cursor: null, q: 'nothing' }, (name) => name);
    expect(page.items).toEqual([]);
    expect(page.nextCursor).not.toBeNull();
    expect(asked).toHaveLength(5);
    expect(await all(upstream(1).fetch, 10, 'nothing')).toEqual([]);
    expect(await all(upstream(3).fetch, 2, 't1')).toEqual(TAGS.filter((name) => name.includes('t1')));
  });

  it('ends a list that never ends', async () => {
    let count = 0;
    const endless = async () => ({ items: [], next: `at=${count++}` });
    await expect(all(endless, 100)).rejects.toMatchObject({ code: 'too_large', transient: false });
    expect(count).toBe(10_001);
  });

  it.each(['', '0', '1.2', '-1.0?n=1', '0.0?', `0.0?${'x'.repeat(3_000)}`, '100000.0?n=1'])(
    'refuses a cursor that it did not issue: %j',
    async (cursor) => {
      const page = pageOf(upstream(1).fetch, { limit: 1, cursor, q: null }, (name) => name);
      await expect(page).rejects.toMatchObject({ code: 'invalid_request' });
    },
  );
});
