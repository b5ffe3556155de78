import { Secret } from '@integrations/provider-kit';
import { decodeJwt } from 'jose';
import type { ClientAuthMethod } from 'oidc-provider';
import { AUDIENCE } from '../../../../../test/support/access-tokens';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  IdentityProvider as RealProvider,
  type IdentityProviderOptions,
} from '../../../../../test/support/identity-provider';
import { WebBrowser } from '../../../../../test/support/web-browser';
import { IdentityProvider } from './identity-provider';
import { signInFailed } from './sign-in-failed';
import { newTransaction } from './transaction';

const REDIRECT_URI = 'https://integrations.example/console/session/callback';

// The provider logs at each start that it is not configured for production.
beforeAll(() => (['info', 'warn'] as const).forEach((level) => jest.spyOn(console, level).mockImplementation()));
afterAll(() => jest.restoreAllMocks());

interface Settings {
  readonly secret?: string | null;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly fetching?: typeof fetch;
}

function clientOf(real: RealProvider, { secret = CLIENT_SECRET, parameters = {}, fetching = fetch }: Settings) {
  return new IdentityProvider({
    issuer: real.url,
    clientId: CLIENT_ID,
    clientSecret: secret === null ? null : new Secret(secret),
    scopes: 'openid integrations:read',
    parameters,
    redirectUri: REDIRECT_URI,
    fetch: fetching,
  });
}

describe('IdentityProvider', () => {
  let real: RealProvider;
  afterEach(() => real.down());

  async function signIn(
    options: Omit<IdentityProviderOptions, 'redirectUri'>,
    settings: Settings = {},
  ): Promise<string> {
    real = await RealProvider.start({ redirectUri: REDIRECT_URI, ...options });
    const client = clientOf(real, settings);
    const transaction = newTransaction('/console/');
    const callback = await new WebBrowser().logIn(await client.authorizationUrl(transaction), 'grace');
    return client.accessToken(new URL(callback).search, transaction);
  }

  it.each<[ClientAuthMethod, string | null]>([
    ['client_secret_basic', CLIENT_SECRET],
    ['client_secret_post', CLIENT_SECRET],
    ['none', null],
  ])('authenticates itself by %s', async (clientAuth, secret) => {
    const token = await signIn({ clientAuth }, { secret });
    expect(decodeJwt(token)).toMatchObject({ sub: 'grace', aud: AUDIENCE, scope: 'integrations:read' });
  });

  it.each<ClientAuthMethod>(['client_secret_basic', 'client_secret_post'])(
    'reports a wrong client secret, sent by %s, as a misconfiguration',
    async (clientAuth) => {
      const refused = signIn({ clientAuth }, { secret: 'another secret' });
      await expect(refused.catch(signInFailed)).resolves.toMatchObject({ failure: 'misconfigured' });
    },
  );

  it('keeps the query of the issuer’s authorization endpoint', async () => {
    real = await RealProvider.start({ redirectUri: REDIRECT_URI });
    const withQuery: typeof fetch = async (input, init) => {
      const metadata = (await (await fetch(input, init)).json()) as { authorization_endpoint: string };
      return Response.json({ ...metadata, authorization_endpoint: `${metadata.authorization_endpoint}?p=sign-in` });
    };
    const client = clientOf(real, { fetching: withQuery });
    const address = new URL(await client.authorizationUrl(newTransaction('/console/')));
    expect(address.searchParams.get('p')).toBe('sign-in');
    expect(address.searchParams.get('client_id')).toBe(CLIENT_ID);
  });

  it('gets a token for the API when it asks for the resource, both at authorization and when redeeming the code', async () => {
    const token = await signIn({ wantsResource: true }, { parameters: { resource: AUDIENCE } });
    expect(decodeJwt(token).aud).toBe(AUDIENCE);
    await real.down();
    const opaque = await signIn({ wantsResource: true });
    expect(() => decodeJwt(opaque)).toThrow('Invalid JWT');
  });
});
