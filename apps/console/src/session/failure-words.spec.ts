import { failureIn } from './failure-words';

describe('the message for a failed sign-in', () => {
  it('is in our own words, whatever the address contains', () => {
    expect(failureIn('#sign-in=denied')).toMatch('signing in was cancelled');
    expect(failureIn('#sign-in=Call+0800-EVIL')).toBeUndefined();
    expect(failureIn('#sign-in=')).toBeUndefined();
    expect(failureIn('#content')).toBeUndefined();
    expect(failureIn('')).toBeUndefined();
  });
});
