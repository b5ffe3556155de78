const PREFIX = '#sign-in=';

/** Texts for the failure codes that catalog-api reports of a sign-in at the identity provider. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['denied', 'The identity provider denied access: signing in was cancelled, or you may not use this service.'],
  ['interaction_required', 'The identity provider requires you to sign in or to give consent first. Try again.'],
  [
    'expired',
    'Signing in took too long, was restarted in another tab, or started at another address of this service. Try again.',
  ],
  ['unavailable', 'The identity provider does not respond. Try again in a moment.'],
  [
    'misconfigured',
    'The identity provider or this service is misconfigured. The operator of this service can find the reason in its log.',
  ],
  [
    'refused',
    'You are signed in at the identity provider, but this service refuses its token. The operator can find the reason in its log.',
  ],
  ['rate_limited', 'Too many tokens or sign-ins from your address were refused. Try again in a minute.'],
  ['token_too_large', "The identity provider's token is too large for a browser cookie."],
]);

/** The text for the failure in a URL's fragment, if there is one. */
export function failureIn(hash: string): string | undefined {
  return hash.startsWith(PREFIX) ? WORDS.get(hash.slice(PREFIX.length)) : undefined;
}
