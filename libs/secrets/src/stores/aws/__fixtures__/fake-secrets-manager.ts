import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { type CloudAnswer, type CloudCall, FakeCloud } from '../../cloud/__fixtures__/fake-cloud';

export interface FakeAwsKey {
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  expired?: boolean;
}

export interface FakeAwsVersion {
  readonly VersionId: string;
  readonly VersionStages: readonly string[];
  readonly SecretString?: string;
  readonly SecretBinary?: string;
}

/** Secrets Manager of one region. Verifies each signature by computing it again, and answers as AWS does. */
export class FakeSecretsManager {
  readonly keys = new Map<string, FakeAwsKey>();
  readonly secrets = new Map<string, readonly FakeAwsVersion[]>();
  /** The secret names that the policy of the keys allows. */
  allowed = /^/;
  /** If set, the answer to every request. */
  override: CloudAnswer | undefined;

  constructor(private readonly region: string) {}

  start(): Promise<FakeCloud> {
    return FakeCloud.start((call) => this.#answer(call));
  }

  async #answer(call: CloudCall): Promise<CloudAnswer> {
    if (this.override !== undefined) return this.override;
    const target = call.headers['x-amz-target'];
    if (call.method !== 'POST' || call.url.pathname !== '/' || target !== 'secretsmanager.GetSecretValue') {
      return fault('UnknownOperationException');
    }
    return (await this.#refusal(call)) ?? this.#value(JSON.parse(call.body));
  }

  async #refusal(call: CloudCall): Promise<CloudAnswer> {
    const [, id = '', day, region, service, names = '', signature] =
      /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/(\w+)\/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w{64})$/.exec(
        call.headers.authorization ?? '',
      ) ?? [];
    const key = this.keys.get(id);
    if (!key || call.headers['x-amz-security-token'] !== key.sessionToken) return fault('UnrecognizedClientException');
    const signed = names.split(';');
    const missing = ['host', 'x-amz-date', 'x-amz-target', 'content-type'].filter((name) => !signed.includes(name));
    if (missing.length > 0 || region !== this.region || service !== 'secretsmanager') {
      return fault('IncompleteSignatureException');
    }
    const date = dateOf(String(call.headers['x-amz-date']));
    const expected = await sign(call, { id, key, region, signed, date });
    if (signature !== expected || date.toISOString().slice(0, 10).replaceAll('-', '') !== day) {
      return fault('InvalidSignatureException');
    }
    return key.expired ? fault('ExpiredTokenException') : null;
  }

  #value({ SecretId, VersionId, VersionStage = 'AWSCURRENT' }: Record<string, string>): CloudAnswer {
    if (!this.allowed.test(SecretId ?? '')) return fault('AccessDeniedException');
    const versions = this.secrets.get(SecretId ?? '') ?? [];
    const found = versions.find((version) =>
      VersionId === undefined ? version.VersionStages.includes(VersionStage) : version.VersionId === VersionId,
    );
    if (!found) return fault('ResourceNotFoundException');
    const ARN = `arn:aws:secretsmanager:${this.region}:111122223333:secret:${SecretId}-AbCdEf`;
    return { status: 200, body: { ARN, Name: SecretId, CreatedDate: 1.7e9, ...found } };
  }
}

/** An error as AWS words it. The text contains what our errors must not quote. */
export function fault(code: string, status = 400): CloudAnswer {
  return { status, body: { __type: code, Message: `${code}: integrations/acme/token AKIDEXAMPLE tok-123` } };
}

interface Signing {
  readonly id: string;
  readonly key: FakeAwsKey;
  readonly region: string;
  readonly signed: readonly string[];
  readonly date: Date;
}

async function sign(call: CloudCall, { id, key, region, signed, date }: Signing): Promise<string> {
  const credentials = { accessKeyId: id, ...key };
  const signer = new SignatureV4({ service: 'secretsmanager', region, credentials, sha256: Sha256 });
  const { hostname, pathname: path, protocol } = call.url;
  const headers = Object.fromEntries(signed.map((name) => [name, String(call.headers[name])]));
  const request = { method: call.method, hostname, path, protocol, headers, body: call.body };
  const again = await signer.sign(request, { signingDate: date });
  return /Signature=(\w+)$/.exec(again.headers['authorization'] ?? '')?.[1] ?? 'none';
}

function dateOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
