import {
  type Availability,
  type Egress,
  type EgressResponse,
  jsonObject,
  type Secret,
} from '@integrations/provider-kit';
import type { AuthRef } from '../../auth-ref/auth-ref';
import { getWithBearer } from '../cloud/bearer-call';
import type { CloudStoreOptions } from '../cloud/cloud-store-options';
import { type CloudIdentity, HeldCredential } from '../cloud/held-credential';
import { malformed, READ_TIMEOUT_MS, reasonOf, refusal, valueAt, withTimeout } from '../cloud/store-call';
import { tenantName } from '../cloud/tenant-name';
import { SecretStoreError, type SecretStore, type StoreRequest } from '../secret-store';
import { namedPart, textOfBytes, textSecret } from '../secret-text';
import { GcpIdentity } from './gcp-identity';

export interface GcpStoreOptions extends CloudStoreOptions<string> {
  /** Id or number of the project that holds the secrets. */
  readonly project: string;
  /** Replaces the public endpoint. */
  readonly endpoint?: string;
}

const PUBLIC_ENDPOINT = 'https://secretmanager.googleapis.com';
const SECRET_ID = /^[A-Za-z0-9_-]{1,255}$/;
/** A perimeter of VPC Service Controls keeps us out; or the API is not enabled. https://cloud.google.com/apis/design/errors#error_info */
const OF_PROJECT: readonly string[] = ['SECURITY_POLICY_VIOLATED', 'SERVICE_DISABLED'];
/** A number, or an alias such as `latest`. */
const VERSION = /^([1-9]\d{0,18}|[A-Za-z][A-Za-z0-9_-]{0,62})$/;

/**
 * Google Cloud Secret Manager: `authref://gcp/github-key` is the secret `<prefix>github-key`, in its latest version
 * unless `?version=` names a number or an alias.
 * https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access
 */
export class GcpStore implements SecretStore {
  readonly name = 'gcp';
  readonly #secrets: string;
  readonly #egress: Egress;
  readonly #identity: CloudIdentity<string>;
  readonly #token: HeldCredential<string>;

  constructor(private readonly options: GcpStoreOptions) {
    const { project, endpoint = PUBLIC_ENDPOINT, egress, clock } = options;
    this.#secrets = new URL(`/v1/projects/${project}/secrets/`, endpoint).href;
    this.#egress = egress.bind({ endpoint });
    this.#identity = options.identity ?? new GcpIdentity(options.hide);
    this.#token = new HeldCredential(this.#identity, clock);
  }

  isAvailable(): Availability {
    return this.#identity.isAvailable();
  }

  async read(request: StoreRequest, signal: AbortSignal): Promise<Secret> {
    const { ref } = request;
    const url = `${this.#secrets}${secretId(tenantName(this.options.prefix, request))}/versions/${versionOf(ref)}:access`;
    const response = await withTimeout(signal, this.options.timeoutMs ?? READ_TIMEOUT_MS, (ending) =>
      getWithBearer(this.#egress, this.#token, url, ending),
    );
    return secretOf(response, ref);
  }
}

function secretId(name: string): string {
  if (SECRET_ID.test(name)) return name;
  throw new SecretStoreError('not_found', 'the path of a gcp secret is one name of letters, digits, _ and -');
}

function versionOf({ version = 'latest' }: AuthRef): string {
  if (VERSION.test(version)) return version;
  throw new SecretStoreError('not_found', 'a version of the gcp store is a number or an alias');
}

function secretOf(response: EgressResponse, ref: AuthRef): Secret {
  const answer = jsonObject(response.text());
  if (response.status !== 200) throw errorOf(response, answer);
  const data = valueAt(answer, 'payload', 'data');
  const [, version] = /\/versions\/(\d+)$/.exec(String(valueAt(answer, 'name'))) ?? [];
  // The answer omits an empty payload.
  if (version === undefined || typeof (data ?? '') !== 'string') throw malformed();
  return textSecret(namedPart(textOfBytes(String(data ?? '')), ref), version, null);
}

/**
 * A disabled or destroyed version answers FAILED_PRECONDITION, and counts as missing. A refusal of the whole project says
 * nothing about the secret, although its status is that of a denial.
 */
function errorOf(response: EgressResponse, answer: unknown): SecretStoreError {
  const details = valueAt(answer, 'error', 'details');
  const reasons = Array.isArray(details) ? details.map((detail) => reasonOf(valueAt(detail, 'reason'))) : [];
  const ofProject = reasons.find((reason) => OF_PROJECT.includes(reason));
  if (ofProject !== undefined) return refusal(response, ofProject, 'unavailable');
  const status = reasonOf(valueAt(answer, 'error', 'status'));
  return refusal(response, status, status === 'FAILED_PRECONDITION' ? 'not_found' : undefined);
}
