import type { Availability, Clock } from '@integrations/provider-kit';
import type { Acquired, CloudIdentity } from '../cloud/held-credential';
import { LazySdk } from '../cloud/lazy-sdk';
import { AwsKeysIdentity } from './aws-keys-identity';

/** A POST of JSON to sign. `headers` have lower-case names. */
export interface SignableCall {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Returns the headers of the call, including the signature (Signature Version 4). */
export type Sign = (call: SignableCall) => Promise<Record<string, string>>;

export interface AwsIdentityOptions {
  /** The region of the service to call. */
  readonly region: string;
  readonly clock: Clock;
  /** Called with each secret part of the credentials; feeds the log scrubber. */
  readonly hide: (text: string) => void;
}

/** The identity of our process at AWS, as a function that signs calls. */
export class AwsIdentity implements CloudIdentity<Sign> {
  readonly #keys: AwsKeysIdentity;
  readonly #signature = new LazySdk('@smithy/signature-v4', () => import('@smithy/signature-v4'));
  readonly #hash = new LazySdk('@aws-crypto/sha256-js', () => import('@aws-crypto/sha256-js'));

  constructor(private readonly options: AwsIdentityOptions) {
    this.#keys = new AwsKeysIdentity(options.hide, options.region);
  }

  isAvailable(): Availability {
    const parts = [this.#keys.isAvailable(), this.#signature.availability(), this.#hash.availability()];
    return parts.find(({ available }) => !available) ?? { available: true };
  }

  async acquire(): Promise<Acquired<Sign>> {
    const { value: credentials, expiresAt } = await this.#keys.acquire();
    const { SignatureV4 } = await this.#signature.get();
    const { Sha256 } = await this.#hash.get();
    const { region, clock } = this.options;
    const signer = new SignatureV4({ service: 'secretsmanager', region, credentials, sha256: Sha256 });
    const sign: Sign = async ({ url, headers, body }) => {
      const target = { method: 'POST', protocol: url.protocol, hostname: url.hostname, path: url.pathname };
      const request = { ...target, headers: { ...headers, host: url.host }, body };
      const signed = await signer.sign(request, { signingDate: new Date(clock.now()) });
      return signed.headers;
    };
    return { value: sign, expiresAt };
  }
}
