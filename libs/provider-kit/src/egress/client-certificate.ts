import { createPrivateKey, X509Certificate } from 'node:crypto';
import { ProviderError } from '../provider-error';

/** Shown to a service that asks who calls. Its connections serve nobody but the holder. */
export interface ClientCertificate {
  /** PEM: the certificate, and those between it and its authority after it. */
  readonly certificate: string;
  /** PEM, without a passphrase. Other blocks around it are passed over, so that one secret may hold both. */
  readonly key: string;
  /** Whoever it was given to, such as one integration. */
  readonly holder: string;
}

const PRIVATE_KEY = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]*-----END \1-----/;

/** Ready for TLS, with the end of its validity. Throws ProviderError `unauthenticated`, which says nothing of the key. */
export function readClientCertificate({ certificate, key }: Pick<ClientCertificate, 'certificate' | 'key'>) {
  const leaf = read(() => new X509Certificate(certificate), 'The client certificate is not in PEM');
  const privateKey = read(
    () => createPrivateKey(PRIVATE_KEY.exec(key)?.[0] ?? ''),
    'The key of the client certificate is no private key in PEM without a passphrase',
  );
  if (!leaf.checkPrivateKey(privateKey)) throw unusable('The key does not belong to the client certificate');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { cert: certificate, key: pem, validTo: new Date(leaf.validTo).toISOString() };
}

function read<T>(parse: () => T, message: string): T {
  try {
    return parse();
  } catch {
    // Without the cause: what OpenSSL says about a key is about the key.
    throw unusable(message);
  }
}

function unusable(message: string): ProviderError {
  return new ProviderError('unauthenticated', message);
}
