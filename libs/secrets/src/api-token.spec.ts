import { hashApiToken, newApiToken } from './api-token';

describe('API tokens', () => {
  it('begin with ist_ and carry 256 bits in characters that a header can hold', () => {
    expect(newApiToken()).toMatch(/^ist_[A-Za-z0-9_-]{43}$/);
  });

  it('are never the same twice', () => {
    const tokens = new Set(Array.from({ length: 100 }, newApiToken));
    expect(tokens.size).toBe(100);
  });

  it('have their SHA-256 as hash, in every process and every release', () => {
    expect(hashApiToken('ist_example')).toBe('82059908023cc1c96afda13a13d5ec18a971c908e7be1ff7bcea8165914049a2');
  });

  it('have a hash that does not contain them', () => {
    const token = newApiToken();
    expect(hashApiToken(token)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashApiToken(token)).not.toContain(token.slice(4));
  });
});
