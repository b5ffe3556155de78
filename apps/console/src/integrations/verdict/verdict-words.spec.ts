import { clockSkew, quotaOf } from './verdict-words';

describe('clockSkew', () => {
  it('tells whose clock is ahead', () => {
    expect(clockSkew(2_500)).toBe('2.5 s ahead of ours');
    expect(clockSkew(-90_000)).toBe('90.0 s behind ours');
  });

  it('ignores less than a second', () => {
    expect(clockSkew(-999)).toBe('agrees with ours');
  });
});

describe('quotaOf', () => {
  it('shows as much as the vendor reports', () => {
    expect(quotaOf({ limit: 5_000, remaining: 0 })).toBe('0 of 5000 requests left');
    expect(quotaOf({ remaining: 12 })).toBe('12 requests left');
    expect(quotaOf({ limit: 60 })).toBe('60 requests');
    expect(quotaOf({})).toBe('not reported');
  });
});
