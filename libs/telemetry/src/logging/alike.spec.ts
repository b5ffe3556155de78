import { Alike, type Sought } from './alike';
import { digestOf, TextDigests } from './text-digests';

const spelling = (text: string): Sought => {
  return { head: 0, length: text.length, digest: digestOf(text), before: 0, after: 0, owners: new Set() };
};

describe('spellings that begin alike', () => {
  it('are found, all that stand there and those that are the same text, until they are forgotten', () => {
    const [long, short, twin, other] = ['token-1234', 'token-12', 'token-12', 'token-99'].map(spelling);
    const alike = new Alike();
    for (const added of [long, short, twin, other]) alike.add(added!);
    const standing = () => new Set(alike.standingAt(new TextDigests('a token-1234'), 2));
    expect(standing()).toEqual(new Set([long, short, twin]));
    expect(alike.standingAt(new TextDigests('a token-1'), 2)).toEqual([]);

    for (const added of [long, short]) alike.delete(added!);
    expect(standing()).toEqual(new Set([twin]));
    for (const added of [twin, other]) alike.delete(added!);
    expect(standing()).toEqual(new Set());
    expect(alike.isEmpty).toBe(true);
  });

  it('are compared once for each length, however many there are', () => {
    const alike = new Alike();
    for (let n = 1_000; n < 3_000; n += 1) alike.add(spelling(`eyJhbGciOiJSUzI1NiJ9.${n % 2 ? n : `${n}=`}`));
    const digests = new TextDigests('eyJhbGci'.repeat(10));
    const lookups = jest.spyOn(digests, 'of');
    expect(alike.standingAt(digests, 0)).toEqual([]);
    expect(lookups).toHaveBeenCalledTimes(2);
  });
});
