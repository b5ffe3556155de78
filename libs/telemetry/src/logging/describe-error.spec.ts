import { readFileSync } from 'node:fs';
import { describeError } from './describe-error';

describe('describeError', () => {
  it('returns type, message, code, status, stack and causes', () => {
    const cause = Object.assign(new TypeError('inner'), { code: 'ECONNREFUSED' });
    const error = Object.assign(new Error('outer', { cause }), { code: 'network', httpStatus: 502 });
    expect(describeError(error)).toMatchObject({
      type: 'Error',
      message: 'outer',
      code: 'network',
      httpStatus: 502,
      stack: expect.stringContaining('describe-error.spec'),
      cause: { type: 'TypeError', message: 'inner', code: 'ECONNREFUSED' },
    });
  });

  it('leaves out other properties that a client attached to the error', () => {
    const request = { headers: { authorization: 'Bearer abc' }, body: 'row' };
    const error = Object.assign(new Error('x', { cause: Object.assign(new Error('y'), { request }) }), { request });
    expect(JSON.stringify(describeError(error))).not.toMatch(/Bearer|row"/);
    expect(JSON.stringify(describeError({ request }))).toBe('"not an Error: Object"');
  });

  it('describes errors that Node itself throws', () => {
    let thrown: unknown;
    try {
      readFileSync('/does/not/exist');
    } catch (error) {
      thrown = error;
    }
    expect(describeError(thrown)).toMatchObject({ type: 'Error', code: 'ENOENT' });
  });

  it('stops at a cycle of causes, and shortens long aggregates', () => {
    const error = new AggregateError(
      Array.from({ length: 50 }, (_, i) => new Error(`${i}`)),
      'all failed',
    );
    error.cause = error;
    const described = describeError(error) as { errors: unknown[] };
    expect(described.errors).toHaveLength(5);
    expect(JSON.stringify(described).length).toBeLessThan(2_000_000);
  });

  it.each([['text'], [5], [undefined], [true]])('returns %p unchanged, since it is not an object', (thrown) => {
    expect(describeError(thrown)).toBe(thrown);
  });
});
