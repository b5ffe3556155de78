import { ApiProblem, unanswered } from '../../api/problem';
import { RequestKey } from './request-key';

describe('RequestKey', () => {
  it('stays the same for the same request until that is refused', () => {
    const key = new RequestKey();
    const first = key.for({ name: 'a' });
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(key.for({ name: 'a' })).toBe(first);

    key.failed(unanswered(null));
    key.failed(new ApiProblem(503, 'Unavailable', 'later'));
    expect(key.for({ name: 'a' })).toBe(first);

    key.failed(new ApiProblem(409, 'Conflict', 'that name is taken'));
    expect(key.for({ name: 'a' })).not.toBe(first);
  });

  it('differs for another request', () => {
    const key = new RequestKey();
    expect(key.for({ name: 'a' })).not.toBe(key.for({ name: 'b' }));
  });

  it('stays the same while the first request is in flight', () => {
    const key = new RequestKey();
    const first = key.for({ name: 'a' });
    const details = [{ field: 'headers.idempotency-key', message: 'is in use' }];
    key.failed(new ApiProblem(409, 'Conflict', 'under way', 'conflict', details));
    expect(key.for({ name: 'a' })).toBe(first);
  });
});
