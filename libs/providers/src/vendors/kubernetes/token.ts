import { jwtPayload } from '@integrations/provider-kit';
import { isKubeconfig, readKubeconfig, tokenOf } from './kubeconfig';

/** When a token expires, in milliseconds since the epoch, and its total lifetime in milliseconds. */
export interface TokenLifetime {
  readonly expiresAt: number;
  readonly lifetimeMs: number;
}

/**
 * Tokens of EKS: presigned requests to STS, valid for this long.
 * https://github.com/kubernetes-sigs/aws-iam-authenticator
 */
const EKS_PREFIX = 'k8s-aws-v1.';
const EKS_LIFETIME_MS = 15 * 60_000;

/** The token for the API at `endpoint`: the secret itself, or the token of a kubeconfig. Throws as `tokenOf` does. */
export function tokenIn(secret: string, endpoint: string): string {
  return isKubeconfig(secret) ? tokenOf(readKubeconfig(secret), endpoint) : secret.trim();
}

/** The lifetime that a token claims, unverified; null if it claims none. */
export function lifetimeOf(token: string): TokenLifetime | null {
  if (token.startsWith(EKS_PREFIX)) return eksLifetime(token.slice(EKS_PREFIX.length));
  const { exp, iat } = jwtPayload(token) ?? {};
  if (typeof exp !== 'number') return null;
  return { expiresAt: exp * 1_000, lifetimeMs: typeof iat === 'number' ? (exp - iat) * 1_000 : Infinity };
}

/** The subject that a service account's token claims, unverified; null if it claims none. */
export function subjectOf(token: string): string | null {
  const sub = jwtPayload(token)?.['sub'];
  return typeof sub === 'string' && sub !== '' ? sub : null;
}

function eksLifetime(encoded: string): TokenLifetime | null {
  const signed = URL.parse(Buffer.from(encoded, 'base64url').toString());
  const [, ...parts] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(signed?.searchParams.get('X-Amz-Date') ?? '') ?? [];
  if (parts.length === 0) return null;
  const [year = 0, month = 0, ...rest] = parts.map(Number);
  return { expiresAt: Date.UTC(year, month - 1, ...rest) + EKS_LIFETIME_MS, lifetimeMs: EKS_LIFETIME_MS };
}
