import { createPrivateKey, type KeyObject } from 'node:crypto';
import { ProviderError, type Secret, signedJwt } from '@integrations/provider-kit';

/** The private key of a GitHub App, ready to sign. */
export interface AppKey {
  /** Distinguishes keys in cache keys without revealing them. */
  readonly fingerprint: string;
  /**
   * A JSON Web Token that authenticates as the app for the next few minutes. `offsetMs`: how far GitHub's clock is
   * ahead of ours. Throws ProviderError `unauthenticated`.
   */
  jwt(offsetMs?: number): Promise<string>;
}

/** Parses the key only when a JWT is needed: most operations find their installation token in the cache. */
export function appKey(appId: string, secret: Secret): AppKey {
  return {
    fingerprint: secret.fingerprint,
    async jwt(offsetMs = 0) {
      const privateKey = readKey(secret);
      if (offsetMs !== 0) return signAt(Date.now() + offsetMs, appId, privateKey);
      // Imported on first use: processes that never sign, or only list providers, start without Octokit.
      const { App } = await import('@octokit/app');
      const app = new App({ appId, privateKey: toPkcs8(privateKey) });
      const { token } = (await app.octokit.auth({ type: 'app' })) as { token: string };
      return token;
    },
  };
}

/** Octokit can only sign by this machine's clock. Same claims as Octokit's: issued 30 s ago, valid for 10 minutes. */
function signAt(now: number, appId: string, key: KeyObject): string {
  const iat = Math.floor(now / 1_000) - 30;
  return signedJwt({ alg: 'RS256' }, { iat, exp: iat + 600, iss: appId }, key);
}

/** GitHub issues keys in PKCS#1; Octokit signs with PKCS#8. */
function toPkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Environment variables hold line breaks as a literal `\n`. */
function readKey(secret: Secret): KeyObject {
  try {
    const key = createPrivateKey(secret.reveal().replaceAll('\\n', '\n'));
    if (key.asymmetricKeyType !== 'rsa') throw new TypeError('not RSA');
    return key;
  } catch {
    // No cause: OpenSSL's message may reveal something about the key.
    throw new ProviderError(
      'unauthenticated',
      'The credential is not the private key of a GitHub App: an RSA key in PEM (PKCS#1 or PKCS#8) is expected',
    );
  }
}
