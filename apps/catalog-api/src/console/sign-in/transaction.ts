import type { FastifyRequest } from 'fastify';
import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import { HostCookie } from '../../access/host-cookie';

/** What a browser keeps between leaving for the identity provider and coming back. */
export interface Transaction {
  /** That the browser which comes back is the one that left. */
  readonly state: string;
  /** That the ID token is for this sign-in. */
  readonly nonce: string;
  /** That the code is used by who asked for it (PKCE, RFC 7636). */
  readonly verifier: string;
  /** The page that was wanted. */
  readonly returnTo: string;
}

/** Time for a password, a second factor and a consent. */
const MAX_AGE_S = 600;
// Lax: the browser comes back by a link of another site, on which Strict would be left out.
const COOKIE = new HostCookie('integrations-sign-in', 'Lax');
const FORM = /^([\w-]{43})\.([\w-]{43})\.([\w-]{43})\.(\S+)$/;

export function newTransaction(returnTo: string): Transaction {
  return { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier(), returnTo };
}

/** In the open: it is the browser's own, and who can write to its cookies could as well have it begin a sign-in. */
export function transactionCookie(request: FastifyRequest, transaction: Transaction): string {
  const { state, nonce, verifier, returnTo } = transaction;
  const value = [state, nonce, verifier, Buffer.from(returnTo).toString('base64url')].join('.');
  return COOKIE.begun(request, value, MAX_AGE_S);
}

export function transactionOf(request: FastifyRequest): Transaction | null {
  const [, state, nonce, verifier, returnTo] = FORM.exec(COOKIE.read(request) ?? '') ?? [];
  if (!state || !nonce || !verifier || !returnTo) return null;
  return { state, nonce, verifier, returnTo: Buffer.from(returnTo, 'base64url').toString() };
}

/** Each `Set-Cookie` that ends it: no answer of the provider counts twice. */
export const ENDED_TRANSACTION: readonly string[] = COOKIE.ended();
