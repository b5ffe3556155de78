import type { Availability, Clock } from '@integrations/provider-kit';
import type { Acquired, CloudIdentity } from '../cloud/held-credential';
import { LazySdk } from '../cloud/lazy-sdk';

/** A POST of JSON to be signed. `headers` have lower-case names. */
export interface SignableCall {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers the headers of the call with the signature among them (Signature Version 4). */
export type Sign = (call: SignableCall) => Promise<Record<string, string>>;

export interface AwsIdentityOptions {
  /** Of the service to be called. */
  readonly region: string;
  readonly clock: Clock;
  /** Told each part of the credentials that is secret: feeds the log scrubber. */
  readonly hide: (text: string) => void;
}

/** The identity of our process at AWS: environment, shared files, IRSA, ECS or EC2 role, in the order of the SDK. */
export class AwsIdentity implements CloudIdentity<Sign> {
  readonly #sdk = new LazySdk('@aws-sdk/credential-providers', () => import('@aws-sdk/credential-providers'));
  readonly #signature = new LazySdk('@smithy/signature-v4', () => import('@smithy/signature-v4'));
  readonly #hash = new LazySdk('@aws-crypto/sha256-js', () => import('@aws-crypto/sha256-js'));

  constructor(private readonly options: AwsIdentityOptions) {}

  isAvailable(): Availability {
    const parts = [this.#sdk, this.#signature, this.#hash].map((sdk) => sdk.availability());
    return parts.find(({ available }) => !available) ?? { available: true };
  }

  async acquire(): Promise<Acquired<Sign>> {
    const { fromNodeProviderChain } = await this.#sdk.get();
    const { SignatureV4 } = await this.#signature.get();
    const { Sha256 } = await this.#hash.get();
    const { region, clock, hide } = this.options;
    // A new chain that reads the shared files anew: the SDK's own memory would outlive a rotation.
    const chain = fromNodeProviderChain({ ignoreCache: true, clientConfig: { region } });
    const credentials = await chain();
    hide(credentials.secretAccessKey);
    if (credentials.sessionToken) hide(credentials.sessionToken);
    const signer = new SignatureV4({ service: 'secretsmanager', region, credentials, sha256: Sha256 });
    const sign: Sign = async ({ url, headers, body }) => {
      const target = { method: 'POST', protocol: url.protocol, hostname: url.hostname, path: url.pathname };
      const request = { ...target, headers: { ...headers, host: url.host }, body };
      const signed = await signer.sign(request, { signingDate: new Date(clock.now()) });
      return signed.headers;
    };
    return { value: sign, expiresAt: credentials.expiration?.getTime() ?? null };
  }
}
