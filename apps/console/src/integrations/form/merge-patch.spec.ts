import { mergePatchOf } from './merge-patch';

describe('mergePatchOf', () => {
  it('is empty when nothing differs', () => {
    const same = { name: 'a', tags: ['x'], config: { appId: '1', pullRequest: { draft: true } } };
    expect(mergePatchOf(same, structuredClone(same))).toEqual({});
  });

  it('contains what is new or different, key by key within objects', () => {
    expect(
      mergePatchOf(
        { name: 'a', config: { appId: '1', rate: 5 } },
        { name: 'b', tags: ['x'], config: { appId: '2', rate: 5 } },
      ),
    ).toEqual({ name: 'b', tags: ['x'], config: { appId: '2' } });
  });

  it('has null for what was emptied, and one null for a whole object', () => {
    expect(
      mergePatchOf(
        { description: 'd', config: { proxy: 'p', connection: { proxy: 'p' } }, healthCheck: { intervalSeconds: 10 } },
        { config: {} },
      ),
    ).toEqual({ description: null, config: { proxy: null, connection: null }, healthCheck: null });
  });

  it('replaces lists', () => {
    expect(mergePatchOf({ tags: ['a', 'b'] }, { tags: ['b'] })).toEqual({ tags: ['b'] });
  });
});
