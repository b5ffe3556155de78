import type { InlineComment } from '../scm-annotation-client';
import { keepRemarks, type OwnRemark, type RemarkBoard } from './keep-remarks';
import { placedRemark, type Remark, remarkSet, unplacedRemark } from './remark';

const comment = (fingerprint: string): InlineComment => ({
  ...{ fingerprint, path: 'a.ts', startLine: 1, endLine: 1 },
  body: `Says ${fingerprint}.`,
});
const setOf = (...fingerprints: string[]) => remarkSet('inline', 'scan', fingerprints.map(comment));

/** A board that records what is done to it. Its threads are strings. */
function boardWith(own: readonly OwnRemark<string>[], options: Partial<RemarkBoard<string>> = {}) {
  const done: string[] = [];
  const board: RemarkBoard<string> = {
    maxAtFiles: 3,
    own: () => Promise.resolve(own),
    bringUpToDate: (remark, thread) => {
      done.push(`update ${thread}`);
      return Promise.resolve(placedRemark(remark, 'updated', 'file', null, null));
    },
    place: (remarks, room) => {
      done.push(`place ${remarks.map(({ comment: { fingerprint } }) => fingerprint).join('+')} room ${room}`);
      return Promise.resolve(new Map(remarks.map((remark) => [remark, unplacedRemark(remark, 'full')])));
    },
    settle: (thread, policy) => {
      done.push(`${policy} ${thread}`);
      return Promise.resolve('settled');
    },
    ...options,
  };
  return { board, done };
}

const standing = ({ marker }: Pick<Remark, 'marker'>, thread: string, isAnswered = false): OwnRemark<string> => ({
  ...{ marker, thread, isAnswered },
});

describe('keepRemarks', () => {
  const set = setOf('a', 'b', 'c');
  const [a, b] = set.remarks as [Remark, Remark, Remark];
  const earlier = setOf('z').remarks[0]!;

  it('updates existing remarks, places new ones and settles outdated ones, in this order', async () => {
    const { board, done } = boardWith([standing(b, 'B'), standing(earlier, 'Z')]);
    const { comments, outdated } = await keepRemarks(board, set, 'resolve');
    expect(done).toEqual(['update B', 'place a+c room 2', 'resolve Z']);
    expect(comments.map(({ outcome }) => outcome)).toEqual(['unplaced', 'updated', 'unplaced']);
    expect(outdated).toBe(1);
  });

  it('keeps the whole budget of file-level remarks while existing remarks are at lines', async () => {
    const { board, done } = boardWith([standing(b, 'B')], {
      bringUpToDate: (remark) => Promise.resolve(placedRemark(remark, 'unchanged', 'inline', null, null)),
    });
    await keepRemarks(board, set, 'resolve');
    expect(done).toEqual(['place a+c room 3']);
  });

  it('keeps the oldest of duplicate remarks and settles the others', async () => {
    const { board, done } = boardWith([standing(a, 'A1'), standing(a, 'A2')]);
    await keepRemarks(board, setOf('a'), 'delete');
    expect(done).toEqual(['update A1', 'delete A2']);
  });

  it('never settles a remark that somebody answered', async () => {
    const { board, done } = boardWith([standing(earlier, 'Z', true)]);
    expect(await keepRemarks(board, setOf(), 'delete')).toEqual({ comments: [], outdated: 0 });
    expect(done).toEqual([]);
  });

  it('settles nothing under the policy keep', async () => {
    const { board, done } = boardWith([standing(earlier, 'Z')]);
    await keepRemarks(board, setOf(), 'keep');
    expect(done).toEqual([]);
  });

  it('stops settling at the first refusal, and counts only what it settled', async () => {
    const outcomes = ['was_settled', 'settled', 'refused'] as const;
    const asked: string[] = [];
    const settle = (thread: string) => Promise.resolve(outcomes[asked.push(thread) - 1]!);
    const own = ['1', '2', '3', '4'].map((name) => standing(setOf(name).remarks[0]!, name));
    const { board } = boardWith(own, { settle });
    expect(await keepRemarks(board, setOf(), 'resolve')).toMatchObject({ outdated: 1 });
    expect(asked).toEqual(['1', '2', '3']);
  });
});

describe('remarkSet', () => {
  it('tells apart remarks with the same fingerprint, and sets with different keys or kinds', () => {
    const markers = setOf('a', 'a').remarks.map(({ marker }) => marker);
    expect(new Set(markers).size).toBe(2);
    expect(remarkSet('inline', 'other', []).group).not.toBe(setOf().group);
    expect(remarkSet('check_run', 'scan', []).group).not.toBe(setOf().group);
  });
});
