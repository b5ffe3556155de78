import { type CloudAnswer, type CloudCall, FakeCloud } from '../../cloud/__fixtures__/fake-cloud';

const HOUR_MS = 3_600_000;
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** The metadata services of three clouds, and the STS of one. Each token that they return is numbered. */
export class FakeMetadata {
  /** True to answer as on a host without an identity. */
  isDown = false;
  #given = 0;

  start(): Promise<FakeCloud> {
    return FakeCloud.start((call) => (this.isDown ? { status: 404, body: {} } : this.#answer(call)));
  }

  #answer(call: CloudCall): CloudAnswer {
    const { method, url, headers, body } = call;
    switch (`${method} ${url.pathname}`) {
      case 'GET /computeMetadata/v1/instance/service-accounts/default/token':
        return headers['metadata-flavor'] === 'Google' && url.searchParams.get('scopes') === SCOPE
          ? {
              ...this.#ok({ access_token: this.#next('gcp'), expires_in: 3_599 }),
              headers: { 'metadata-flavor': 'Google' },
            }
          : null;
      case 'GET /msi/token':
        return headers['x-identity-header'] === 'header-of-the-app' &&
          url.searchParams.get('resource') === 'https://containerregistry.azure.net'
          ? this.#ok({ access_token: this.#next('azure'), expires_on: `${Math.floor((Date.now() + HOUR_MS) / 1_000)}` })
          : null;
      // ECS and EKS Pod Identity.
      case 'GET /v1/credentials':
        return headers.authorization === 'token-of-the-pod' ? this.#ok(this.#keys()) : null;
      case 'PUT /latest/api/token':
        return { status: 200, body: 'imds-session', headers: { 'content-type': 'text/plain' } };
      case 'GET /latest/meta-data/iam/security-credentials/':
        return { status: 200, body: 'role-of-the-instance', headers: { 'content-type': 'text/plain' } };
      case 'GET /latest/meta-data/iam/security-credentials/role-of-the-instance':
        return headers['x-aws-ec2-metadata-token'] === 'imds-session'
          ? this.#ok({ Code: 'Success', ...this.#keys() })
          : null;
      case 'POST /':
        return this.#assumed(new URLSearchParams(body));
      default:
        return { status: 404, body: {} };
    }
  }

  /** For an EKS service account. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
  #assumed(form: URLSearchParams): CloudAnswer {
    if (form.get('WebIdentityToken') !== 'token-of-the-workload') return { status: 400, body: '' };
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = this.#keys();
    const keys = `<AccessKeyId>${AccessKeyId}</AccessKeyId><SecretAccessKey>${SecretAccessKey}</SecretAccessKey>`;
    const rest = `<SessionToken>${Token}</SessionToken><Expiration>${Expiration}</Expiration>`;
    const result = `<Credentials>${keys}${rest}</Credentials>`;
    const name = 'AssumeRoleWithWebIdentity';
    return {
      status: 200,
      body: `<${name}Response><${name}Result>${result}</${name}Result></${name}Response>`,
      headers: { 'content-type': 'text/xml' },
    };
  }

  #keys() {
    const Expiration = new Date(Date.now() + HOUR_MS).toISOString();
    return { AccessKeyId: 'ASIAHOST', SecretAccessKey: 'key-of-the-host', Token: this.#next('aws'), Expiration };
  }

  #next(cloud: string): string {
    return `${cloud}-${++this.#given}`;
  }

  #ok(body: object) {
    return { status: 200, body };
  }
}
