import { readable } from './readable';

describe('a value in an audit entry', () => {
  it.each([
    [null, '–'],
    [true, 'yes'],
    [2, '2'],
    ['acme', 'acme'],
    [['tags', 'config'], 'tags, config'],
    [[], 'none'],
    [{ from: 1 }, '{"from":1}'],
  ])('%j reads %s', (value, words) => expect(readable(value)).toBe(words));
});
