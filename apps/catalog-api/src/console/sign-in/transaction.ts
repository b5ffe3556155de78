import type { FastifyRequest } from 'fastify';
import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import { HostCookie } from '../../access/host-cookie';

/** State that the browser keeps while it is at the identity provider. */
export interface Transaction {
  /** Proves that the browser which comes back is the one that left. */
  readonly state: string;
  /** Proves that the ID token is for this sign-in. */
  readonly nonce: string;
  /** Proves that the code is used by the client that requested it (PKCE, RFC 7636). */
  readonly verifier: string;
  /** The page to return to. */
  readonly returnTo: string;
}

/** Long enough for a password, a second factor and a consent. */
const MAX_AGE_S = 600;
// Lax: the browser comes back through a redirect from another site, where it would not send a Strict cookie.
const COOKIE = new HostCookie('integrations-sign-in', 'Lax');
const FORM = /^([\w-]{43})\.([\w-]{43})\.([\w-]{43})\.(\S+)$/;

export function newTransaction(returnTo: string): Transaction {
  return { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier(), returnTo };
}

/**
 * Not encrypted: it belongs to the browser, and anyone who can write its cookies could start a sign-in in it anyway.
 */
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

/** The `Set-Cookie` headers that end the transaction, so that no response of the provider counts twice. */
export const ENDED_TRANSACTION: readonly string[] = COOKIE.ended();
