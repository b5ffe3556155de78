import { inspect } from 'node:util';
import { Secret } from './secret';

describe('A secret', () => {
  const secret = new Secret('s3cret', '7');

  it.each<[string, () => string]>([
    ['a text', () => `${secret}`],
    ['JSON', () => JSON.stringify({ credential: secret })],
    ['an error', () => inspect(new Error('failed', { cause: secret }))],
    ['the console', () => inspect({ credential: secret }, { depth: 9, showHidden: true })],
    ['a cache key', () => secret.fingerprint],
  ])('does not appear in %s', (_, printed) => expect(printed()).not.toContain('s3cret'));

  it('is revealed on request, and told from others by its fingerprint', () => {
    expect(secret.reveal()).toBe('s3cret');
    expect(new Secret('s3cret', '8').fingerprint).toBe(secret.fingerprint);
    expect(new Secret('s3cret2', '7').fingerprint).not.toBe(secret.fingerprint);
  });
});
