import { ProviderError } from '@integrations/provider-kit';
import { IssuerUnavailable } from '../../access/oidc/issuer-unavailable';
import { signInFailed } from './sign-in-failed';

describe('why nobody was signed in', () => {
  it('is told to the log with what stood in the way of the issuer', () => {
    const cause = new ProviderError('provider_unavailable', 'https://id.example: ECONNREFUSED');
    expect(signInFailed(new IssuerUnavailable('discovery got no answer', { cause }))).toMatchObject({
      failure: 'unavailable',
      reason: 'discovery got no answer: https://id.example: ECONNREFUSED',
    });
    expect(signInFailed(new IssuerUnavailable('discovery answered 500'))?.reason).toBe('discovery answered 500');
  });

  it('is no failure of signing in where the fault is ours', () => {
    expect(signInFailed(new TypeError('x is not a function'))).toBeNull();
  });
});
