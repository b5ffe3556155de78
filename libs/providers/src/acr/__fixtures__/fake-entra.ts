import { constants, generateKeyPairSync, hash, randomBytes, sign, verify, X509Certificate } from 'node:crypto';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';

export const TENANT = '11111111-2222-3333-4444-555555555555';
export const CLIENT_ID = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
export const CLIENT_SECRET = 'Abc8Q~0123456789-abcdefghijklmnop.secret';
export const SUBJECT = 'system:serviceaccount:integrations:health-worker';

const SCOPE = 'https://containerregistry.azure.net/.default';
const ISSUER = 'https://cluster.example/oidc';
const AUDIENCE = 'api://AzureADTokenExchange';
const CLUSTER = generateKeyPairSync('rsa', { modulusLength: 2_048 });

/** A workload's token, signed by its cluster; `ttl` in seconds. */
export function workloadToken(ttl = 3_600, claims: object = {}): string {
  const now = Math.floor(Date.now() / 1_000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = { iss: ISSUER, sub: SUBJECT, aud: [AUDIENCE], iat: now, exp: now + ttl, ...claims };
  const input = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), CLUSTER.privateKey).toString('base64url')}`;
}

/** Entra ID with one tenant and one application, which trusts one workload of one cluster. */
export class FakeEntra {
  /** The issued tokens. */
  readonly issued: string[] = [];
  secret = CLIENT_SECRET;
  isExpired = false;
  /** The application's certificate, in PEM. */
  certificate: string | undefined;

  issue(path: string, raw: string): Answer {
    const form = new URLSearchParams(raw);
    if (path !== `/${TENANT}/oauth2/v2.0/token`) throw refused(400, 'invalid_request', 90002);
    if (form.get('grant_type') !== 'client_credentials') throw refused(400, 'unsupported_grant_type', 70003);
    if (form.get('scope') !== SCOPE) throw refused(400, 'invalid_scope', 70011);
    if (form.get('client_id') !== CLIENT_ID) throw refused(400, 'unauthorized_client', 700016);
    const assertion = form.get('client_assertion');
    if (assertion === null) this.#bySecret(form.get('client_secret'));
    else this.#byAssertion(assertion, form.get('client_assertion_type'), path);
    const access_token = this.give();
    return { status: 200, body: { token_type: 'Bearer', expires_in: 3_599, ext_expires_in: 3_599, access_token } };
  }

  /** A token as if obtained elsewhere. It names its tenant. */
  give(): string {
    const [header, payload] = [{ typ: 'JWT' }, { tid: TENANT }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const token = `${header}.${payload}.${randomBytes(24).toString('hex')}`;
    this.issued.push(token);
    return token;
  }

  #byAssertion(assertion: string, type: string | null, path: string): void {
    if (type !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
      throw refused(400, 'invalid_request', 900144);
    const header = partOf(assertion, 0);
    if (header['x5t#S256'] === undefined) return byWorkload(assertion);
    const certificate = this.certificate === undefined ? undefined : new X509Certificate(this.certificate);
    const isKnown = certificate && header['x5t#S256'] === hash('sha256', certificate.raw, 'base64url');
    if (!isKnown || header['alg'] !== 'PS256') throw refused(401, 'invalid_client', 700027);
    const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    if (!isSigned(assertion, { key: certificate.publicKey, ...padding })) throw refused(401, 'invalid_client', 700027);
    const { aud, iss, sub, jti, nbf, exp } = partOf(assertion, 1);
    const isOurs = iss === CLIENT_ID && sub === CLIENT_ID && String(aud).endsWith(path) && typeof jti === 'string';
    if (!isOurs) throw refused(401, 'invalid_client', 700023);
    const now = Date.now() / 1_000;
    if (
      Number(nbf) > now + 300 ||
      Number(exp) < now ||
      Number(exp) - Number(nbf) > 600 ||
      certificate.validToDate < new Date()
    )
      throw refused(401, 'invalid_client', 700024);
  }

  #bySecret(secret: string | null): void {
    if (secret !== this.secret) throw refused(401, 'invalid_client', 7000215);
    if (this.isExpired) throw refused(401, 'invalid_client', 7000222);
  }
}

function byWorkload(assertion: string): void {
  if (!isSigned(assertion, CLUSTER.publicKey)) throw refused(401, 'invalid_client', 700027);
  const { iss, sub, aud, exp } = partOf(assertion, 1);
  if (iss !== ISSUER) throw refused(401, 'invalid_client', 700211);
  if (sub !== SUBJECT && String(sub).toLowerCase() === SUBJECT) throw refused(401, 'invalid_client', 7002138);
  if (sub !== SUBJECT) throw refused(401, 'invalid_client', 700213);
  if (!(aud as string[]).includes(AUDIENCE)) throw refused(401, 'invalid_client', 700212);
  if (Number(exp) * 1_000 < Date.now()) throw refused(401, 'invalid_client', 700024);
}

function isSigned(jwt: string, key: Parameters<typeof verify>[2]): boolean {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  return verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
}

function partOf(jwt: string, index: number): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[index] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

function refused(status: number, error: string, code: number): HttpAnswer {
  const error_description = `AADSTS${code}: refused. Trace ID: 0 Correlation ID: 0`;
  return new HttpAnswer(status, { error, error_description, error_codes: [code], trace_id: '0', correlation_id: '0' });
}
