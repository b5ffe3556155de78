const PREFIX = '#sign-in=';

/** What catalog-api says of a sign-in at the identity provider, in words. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['denied', 'The identity provider denied it: signing in was cancelled there, or this service is not open to you.'],
  ['interaction_required', 'The identity provider needs you to sign in or to consent there first. Try again.'],
  [
    'expired',
    'It took too long, was begun anew in another tab, or began at another address of this service. Try again.',
  ],
  ['unavailable', 'The identity provider does not answer. Try again in a moment.'],
  ['misconfigured', 'The identity provider and this service do not agree. Who runs this service finds why in its log.'],
  [
    'refused',
    'You are signed in at the identity provider, but its token does not let you in here. Who runs this service finds why in its log.',
  ],
  ['rate_limited', 'Too many tokens or sign-ins from your address were refused. Try again in a minute.'],
  ['token_too_large', 'The token of the identity provider is too large for a browser to keep.'],
]);

/** Of the fragment that an address ends with. */
export function failureIn(hash: string): string | undefined {
  return hash.startsWith(PREFIX) ? WORDS.get(hash.slice(PREFIX.length)) : undefined;
}
