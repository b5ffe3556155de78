import { ProviderError } from '@integrations/provider-kit';
import { stringify } from 'yaml';
import { namesAuthority, readKubeconfig } from './kubeconfig';
import { tokenIn } from './token';

const SERVER = 'https://cluster.example:6443';
const TOKEN = 'a-token-0123456789';

function kubeconfig(user: object, cluster: object = {}): object {
  return {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'prod' },
    contexts: [
      { name: 'other', context: { cluster: 'other', user: 'other' } },
      { name: 'prod', context: { cluster: 'prod', user: 'reader' } },
    ],
    clusters: [{ name: 'prod', cluster: { server: `${SERVER}/`, ...cluster } }],
    users: [
      { name: 'admin', user: { token: 'the-token-of-another' } },
      { name: 'reader', user },
    ],
  };
}

describe('The secret of a cluster', () => {
  it('is a token, or a kubeconfig in YAML or JSON', () => {
    const config = kubeconfig({ token: TOKEN });
    for (const secret of [TOKEN, `${TOKEN}\n`, stringify(config), JSON.stringify(config)]) {
      expect(tokenIn(secret, SERVER)).toBe(TOKEN);
    }
  });

  it.each([
    ['exec', { exec: { command: 'aws-iam-authenticator' } }, 'program'],
    ['auth-provider', { 'auth-provider': { name: 'gcp' } }, 'plugin'],
    ['a client certificate', { 'client-certificate-data': 'LS0t' }, 'config.connection.clientCertRef'],
    ['a file', { tokenFile: '/var/run/token' }, 'file'],
    ['a password', { username: 'admin', password: 'secret' }, 'password'],
    ['no token', {}, 'no token'],
    ['an impersonated user', { token: TOKEN, as: 'system:admin' }, 'impersonates another'],
  ])('is refused if its user has %s', (_what, user, message) => {
    const error = refusal(stringify(kubeconfig(user)));
    expect(error).toMatchObject({ code: 'unauthenticated', message: expect.stringContaining(message) });
  });

  it('is not sent to any server but its own', () => {
    const config = stringify(kubeconfig({ token: TOKEN }));
    expect(refusal(config, 'https://evil.example:6443')).toMatchObject({ code: 'invalid_request' });
  });

  it.each([
    ['truncated', 'users: [\n  a: "s3cret-value'],
    ['a list', '- s3cret-value\n- b'],
    ['without a context', stringify({ ...kubeconfig({}), 'current-context': 's3cret-value' })],
    ['of another shape', 'current-context: s3cret-value\ncontexts: 5\n'],
    [
      'a bomb',
      `a: &a [x,x]\n${'bcdefghij'.replaceAll(/./g, (n) => `${n}: &${n} [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n`)}`,
    ],
  ])('is refused and not quoted if it is %s', (_what, secret) => {
    const error = refusal(secret);
    expect(error).toMatchObject({ code: 'unauthenticated', cause: undefined });
    expect(error.message).not.toContain('s3cret');
  });

  it('reports whether the kubeconfig contains the authority of its server', () => {
    expect(namesAuthority(readKubeconfig(stringify(kubeconfig({}, { 'certificate-authority-data': 'LS0t' }))))).toBe(
      true,
    );
    expect(namesAuthority(readKubeconfig(stringify(kubeconfig({}))))).toBe(false);
  });
});

function refusal(secret: string, endpoint = SERVER): ProviderError {
  try {
    tokenIn(secret, endpoint);
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
  throw new Error('not refused');
}
