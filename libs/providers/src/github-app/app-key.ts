import { createHash, createPrivateKey } from 'node:crypto';
import { ProviderError, type Secret } from '@integrations/provider-kit';

/** The private key of a GitHub App, ready to sign. */
export interface AppKey {
  /** Tells keys apart in cache keys; says nothing about the key. */
  readonly fingerprint: string;
  /** A JSON Web Token that authenticates as the app for the next minutes. Throws ProviderError `unauthenticated`. */
  jwt(): Promise<string>;
}

/** Reads the key only when a JWT is wanted: most operations find their installation token cached. */
export function appKey(appId: string, secret: Secret): AppKey {
  return {
    fingerprint: createHash('sha256').update(secret.reveal()).digest('hex').slice(0, 32),
    async jwt() {
      // Loaded late: the apps that never sign, and those that only list providers, start without Octokit.
      const { App } = await import('@octokit/app');
      const app = new App({ appId, privateKey: toPkcs8(secret) });
      const { token } = (await app.octokit.auth({ type: 'app' })) as { token: string };
      return token;
    },
  };
}

/** GitHub hands out PKCS#1, Octokit signs with PKCS#8; environment variables hold their line breaks as `\n`. */
function toPkcs8(secret: Secret): string {
  try {
    const key = createPrivateKey(secret.reveal().replaceAll('\\n', '\n'));
    if (key.asymmetricKeyType !== 'rsa') throw new TypeError('not RSA');
    return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    // Without the cause: what OpenSSL says about a key is about the key.
    throw new ProviderError(
      'unauthenticated',
      'The credential is not the private key of a GitHub App: an RSA key in PEM (PKCS#1 or PKCS#8) is expected',
    );
  }
}
