import { ProviderError } from '@integrations/provider-kit';
import { IssuerUnavailable } from '../../access/oidc/issuer-unavailable';
import { signInFailed } from './sign-in-failed';

describe('signInFailed', () => {
  it('tells the log why the issuer could not be reached', () => {
    const cause = new ProviderError('provider_unavailable', 'https://id.example: ECONNREFUSED');
    expect(signInFailed(new IssuerUnavailable('discovery got no answer', { cause }))).toMatchObject({
      failure: 'unavailable',
      reason: 'discovery got no answer: https://id.example: ECONNREFUSED',
    });
    expect(signInFailed(new IssuerUnavailable('discovery answered 500'))?.reason).toBe('discovery answered 500');
  });

  it('does not treat our own bugs as failed sign-ins', () => {
    expect(signInFailed(new TypeError('x is not a function'))).toBeNull();
  });
});
