import { hash } from 'node:crypto';
import type { ClientCertificate } from './client-certificate';

/** What connections depend on beside their origin: calls share them where it is the same. */
export interface Route {
  /** A unix socket, which is reached whatever the rest says. */
  readonly socketPath?: string;
  /** Only public addresses are reached, whatever is opened. */
  readonly isPublic?: boolean;
  /** PEM certificates that take the place of the public authorities. */
  readonly caBundle?: string;
  readonly clientCertificate?: ClientCertificate;
  /** Instead of the platform's. */
  readonly proxy?: {
    /** `http://host:port`, one of those that the operator lets integrations name. */
    readonly url: string;
    /** `user:password`. */
    readonly credential?: string;
  };
}

/** Names all that the route consists of, without giving a secret away. */
export function routeKey({ socketPath, isPublic, caBundle = '', clientCertificate, proxy }: Route): string {
  if (socketPath !== undefined) return `unix:${socketPath}`;
  if (!isPublic && !clientCertificate && !proxy) return caBundle;
  const { certificate, key, holder } = clientCertificate ?? {};
  return hash(
    'sha256',
    JSON.stringify([isPublic, caBundle, certificate, key, holder, proxy?.url, proxy?.credential]),
    'base64url',
  );
}
