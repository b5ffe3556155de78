import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, verify } from 'node:crypto';
import { GitHubRefusal } from './answer.ts';

const TOKEN_LIFE_MS = 3_600_000;
const MAX_JWT_SECONDS = 600;

export type Permissions = Readonly<Record<string, string>>;

export interface InstallationToken {
  readonly token: string;
  readonly installationId: number;
  readonly permissions: Permissions;
  readonly expiresAt: number;
}

/** A key pair for a GitHub App, with the private key in GitHub's format (PKCS#1). */
export function generateAppKey(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

/** Authentication: verifies App JWTs, and issues and verifies installation tokens. */
export class Gate {
  /** Every token issued since the start. None may appear in a log or an error. */
  readonly issued: string[] = [];
  readonly #tokens = new Map<string, InstallationToken>();
  readonly #issuers: readonly string[];
  readonly #now: () => number;
  #publicKey: KeyObject;

  constructor(app: { id: number; clientId: string; publicKey: string }, now: () => number) {
    this.#issuers = [String(app.id), app.clientId];
    this.#publicKey = createPublicKey(app.publicKey);
    this.#now = now;
  }

  /** Replaces the app's key, as its owner does at GitHub. */
  replaceKey(publicKey: string): void {
    this.#publicKey = createPublicKey(publicKey);
  }

  revokeTokens(): void {
    this.#tokens.clear();
  }

  issue(installationId: number, permissions: Permissions): InstallationToken {
    // Since 2026 github.com's tokens are about 520 characters long. Code must not assume the old 40.
    const token = `ghs_${randomBytes(260).toString('hex')}`.slice(0, 520);
    const issued = { token, installationId, permissions, expiresAt: this.#now() + TOKEN_LIFE_MS };
    this.#tokens.set(token, issued);
    this.issued.push(token);
    return issued;
  }

  /** Throws 401 unless the header carries a valid installation token. */
  installationToken(authorization: string | undefined): InstallationToken {
    const found = this.#tokens.get(credentialOf(authorization));
    if (!found || found.expiresAt <= this.#now()) throw new GitHubRefusal(401, 'Bad credentials');
    return found;
  }

  /** Throws 401 unless the header carries a JWT signed with the app's key, with the claims that GitHub requires. */
  appJwt(authorization: string | undefined): void {
    const [header, payload, signature, ...rest] = credentialOf(authorization).split('.');
    if (!header || !payload || !signature || rest.length > 0) throw undecodable();
    const signed = verify(
      'RSA-SHA256',
      Buffer.from(`${header}.${payload}`),
      this.#publicKey,
      Buffer.from(signature, 'base64url'),
    );
    if (!signed || decode(header)['alg'] !== 'RS256') throw undecodable();
    this.#checkClaims(decode(payload));
  }

  #checkClaims({ iss, exp, iat }: Record<string, unknown>): void {
    const now = Math.floor(this.#now() / 1000);
    if (!this.#issuers.includes(String(iss))) {
      throw new GitHubRefusal(401, "'Issuer' claim ('iss') must be an Integer or the client id of the app");
    }
    if (typeof iat !== 'number' || iat > now) {
      throw new GitHubRefusal(
        401,
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
      );
    }
    if (typeof exp !== 'number' || exp <= now) {
      throw new GitHubRefusal(
        401,
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
      );
    }
    if (exp > now + MAX_JWT_SECONDS) {
      throw new GitHubRefusal(401, "'Expiration time' claim ('exp') is too far in the future");
    }
  }
}

function credentialOf(authorization: string | undefined): string {
  const [scheme, credential] = (authorization ?? '').split(' ');
  if (!credential || !/^(bearer|token)$/i.test(scheme ?? '')) throw new GitHubRefusal(401, 'Requires authentication');
  return credential;
}

function undecodable(): GitHubRefusal {
  return new GitHubRefusal(401, 'A JSON web token could not be decoded');
}

function decode(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    throw undecodable();
  }
}
