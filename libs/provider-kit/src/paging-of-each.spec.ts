import { pageOf, type UpstreamPage } from './paging';
import { pagesOfEach } from './paging-of-each';

/** Two pages of repositories, each repository with its workflows in pages of two. */
const REPOSITORIES = [
  ['shop', 'empty'],
  ['docs', 'site'],
];
const WORKFLOWS: Readonly<Record<string, readonly string[]>> = { shop: ['a', 'b', 'c'], docs: [], site: ['d'] };

describe('pagesOfEach', () => {
  let asked: string[];

  const fetch = () =>
    pagesOfEach(
      async (page) => {
        asked.push(`page ${page}`);
        return { items: REPOSITORIES[page - 1] ?? [], isLast: page >= REPOSITORIES.length };
      },
      async (repository: string, at) => {
        asked.push(`${repository} ${at}`);
        const from = Number(at ?? 0);
        const all = WORKFLOWS[repository] ?? [];
        return { items: all.slice(from, from + 2), next: all.length > from + 2 ? String(from + 2) : null };
      },
    );
  const page = (limit: number, cursor: string | null) =>
    pageOf(fetch(), { limit, cursor, q: null }, (name: string) => name);

  beforeEach(() => (asked = []));

  it.each([1, 2, 3, 10])('joins the lists of all items into one, %d at a time', async (limit) => {
    const items: string[] = [];
    let cursor: string | null = null;
    do {
      const found: Awaited<ReturnType<typeof page>> = await page(limit, cursor);
      items.push(...found.items);
      cursor = found.nextCursor;
    } while (cursor !== null);

    expect(items).toEqual(['a', 'b', 'c', 'd']);
  });

  it('makes one call for each page of each list, and no more', async () => {
    const { nextCursor } = await page(10, null);

    expect(asked).toEqual(['page 1', 'shop null', 'shop 2', 'empty null', 'page 2', 'docs null', 'site null']);
    expect(nextCursor).toBeNull();
  });

  it('returns an empty page if there are no items', async () => {
    const none = pagesOfEach(
      async () => ({ items: [], isLast: true }),
      async (): Promise<UpstreamPage<string>> => {
        throw new Error('there is nothing to ask of');
      },
    );
    const found = await pageOf(none, { limit: 10, cursor: null, q: null }, (name) => name);
    expect(found).toEqual({ items: [], nextCursor: null });
  });

  it.each(['0.0?junk', '0.0?1.x?', '0.0?../..'])('refuses the cursor %s', async (cursor) => {
    await expect(page(10, cursor)).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
