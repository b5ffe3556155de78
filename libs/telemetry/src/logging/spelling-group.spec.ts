import { type KnownSpelling, SpellingGroup } from './spelling-group';
import { digestOf, TextDigests } from './text-digests';

const spelling = (text: string): KnownSpelling => {
  return { head: 0, length: text.length, digest: digestOf(text), before: 0, after: 0, owners: new Set() };
};

describe('SpellingGroup', () => {
  it('finds all spellings at a position, including equal ones, until they are deleted', () => {
    const [long, short, twin, other] = ['token-1234', 'token-12', 'token-12', 'token-99'].map(spelling);
    const group = new SpellingGroup();
    for (const added of [long, short, twin, other]) group.add(added!);
    const matches = () => new Set(group.matchesAt(new TextDigests('a token-1234'), 2));
    expect(matches()).toEqual(new Set([long, short, twin]));
    expect(group.matchesAt(new TextDigests('a token-1'), 2)).toEqual([]);

    for (const added of [long, short]) group.delete(added!);
    expect(matches()).toEqual(new Set([twin]));
    for (const added of [twin, other]) group.delete(added!);
    expect(matches()).toEqual(new Set());
    expect(group.isEmpty).toBe(true);
  });

  it('looks up once for each length, however many spellings it holds', () => {
    const group = new SpellingGroup();
    for (let n = 1_000; n < 3_000; n += 1) group.add(spelling(`eyJhbGciOiJSUzI1NiJ9.${n % 2 ? n : `${n}=`}`));
    const digests = new TextDigests('eyJhbGci'.repeat(10));
    const lookups = jest.spyOn(digests, 'of');
    expect(group.matchesAt(digests, 0)).toEqual([]);
    expect(lookups).toHaveBeenCalledTimes(2);
  });
});
