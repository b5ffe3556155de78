import {
  type Availability,
  type Egress,
  type EgressResponse,
  jsonObject,
  type Secret,
} from '@integrations/provider-kit';
import type { AuthRef } from '../../auth-ref/auth-ref';
import type { CloudStoreOptions } from '../cloud/cloud-store-options';
import { type CloudIdentity, HeldCredential } from '../cloud/held-credential';
import { malformed, READ_TIMEOUT_MS, valueAt, withTimeout } from '../cloud/store-call';
import { tenantName } from '../cloud/tenant-name';
import type { SecretStore, StoreRequest } from '../secret-store';
import { namedPart, textOfBytes, textSecret } from '../secret-text';
import { awsError, refusesCredentials } from './aws-errors';
import { AwsIdentity, type Sign } from './aws-identity';

export interface AwsStoreOptions extends CloudStoreOptions<Sign> {
  readonly region: string;
  /** Replaces the public endpoint of the region. */
  readonly endpoint?: string;
}

/** The shortest `VersionId` that Secrets Manager creates or accepts; a shorter version is a staging label. */
const MIN_VERSION_ID = 32;

/**
 * AWS Secrets Manager: `authref://aws/github/key` is the secret `<prefix>github/key`. `?version=` is a version id or a
 * staging label such as `AWSPREVIOUS`.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export class AwsStore implements SecretStore {
  readonly name = 'aws';
  readonly #url: URL;
  readonly #egress: Egress;
  readonly #identity: CloudIdentity<Sign>;
  readonly #credential: HeldCredential<Sign>;

  constructor(private readonly options: AwsStoreOptions) {
    const { region, egress, clock } = options;
    const endpoint = options.endpoint ?? publicEndpoint(region);
    this.#url = new URL('/', endpoint);
    this.#egress = egress.bind({ endpoint });
    this.#identity = options.identity ?? new AwsIdentity(options);
    this.#credential = new HeldCredential(this.#identity, clock);
  }

  isAvailable(): Availability {
    return this.#identity.isAvailable();
  }

  async read(request: StoreRequest, signal: AbortSignal): Promise<Secret> {
    const body = JSON.stringify({ SecretId: tenantName(this.options.prefix, request), ...versionOf(request.ref) });
    const response = await withTimeout(signal, this.options.timeoutMs ?? READ_TIMEOUT_MS, (ending) =>
      this.#credential.use((sign) => this.#send(sign, body, ending), refusesCredentials, ending),
    );
    return secretOf(response, request.ref);
  }

  async #send(sign: Sign, body: string, signal: AbortSignal): Promise<EgressResponse> {
    const headers = await sign({
      url: this.#url,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
      body,
    });
    return this.#egress.request({ method: 'POST', url: this.#url.href, headers, body, signal });
  }
}

/** The endpoint in the public and Chinese partitions. Other partitions need an endpoint in the configuration. */
function publicEndpoint(region: string): string {
  return `https://secretsmanager.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

function versionOf({ version }: AuthRef): { VersionId?: string; VersionStage?: string } {
  if (version === undefined) return {};
  return version.length < MIN_VERSION_ID ? { VersionStage: version } : { VersionId: version };
}

function secretOf(response: EgressResponse, ref: AuthRef): Secret {
  if (response.status !== 200) throw awsError(response);
  const answer = jsonObject(response.text());
  const text = valueAt(answer, 'SecretString');
  const bytes = valueAt(answer, 'SecretBinary');
  const version = valueAt(answer, 'VersionId');
  if (typeof version !== 'string') throw malformed();
  if (typeof text === 'string') return textSecret(namedPart(text, ref), version, null);
  if (typeof bytes === 'string') return textSecret(namedPart(textOfBytes(bytes), ref), version, null);
  throw malformed();
}
