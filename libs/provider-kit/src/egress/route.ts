import { hash } from 'node:crypto';
import type { ClientCertificate } from './client-certificate';

/** How connections are made, apart from their origin. Calls with equal routes to one origin share connections. */
export interface Route {
  /** A unix socket. If present, the other fields do not apply. */
  readonly socketPath?: string;
  /** True: only public addresses may be reached, whatever the operator has allowed. */
  readonly isPublic?: boolean;
  /** PEM certificates of the authorities to trust instead of the public ones. */
  readonly caBundle?: string;
  readonly clientCertificate?: ClientCertificate;
  /** Used instead of the app's own proxy. */
  readonly proxy?: {
    /** `http://host:port`; must be one of the proxies that the operator allows integrations to use. */
    readonly url: string;
    /** `user:password`. */
    readonly credential?: string;
  };
}

/** A key that covers everything in the route without revealing secrets. */
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
