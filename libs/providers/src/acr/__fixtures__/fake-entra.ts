import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';

export const TENANT = '11111111-2222-3333-4444-555555555555';
export const CLIENT_ID = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
export const CLIENT_SECRET = 'Abc8Q~0123456789-abcdefghijklmnop.secret';
export const SUBJECT = 'system:serviceaccount:integrations:health-worker';

const SCOPE = 'https://containerregistry.azure.net/.default';
const ISSUER = 'https://cluster.example/oidc';
const AUDIENCE = 'api://AzureADTokenExchange';
const CLUSTER = generateKeyPairSync('rsa', { modulusLength: 2_048 });

/** The token of a workload, as a cluster signs it; `ttl` in seconds. */
export function workloadToken(ttl = 3_600, claims: object = {}, key = CLUSTER.privateKey): string {
  const now = Math.floor(Date.now() / 1_000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = { iss: ISSUER, sub: SUBJECT, aud: [AUDIENCE], iat: now, exp: now + ttl, ...claims };
  const input = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

/** Entra ID with one tenant and one application, which trusts one workload of one cluster. */
export class FakeEntra {
  /** Tokens given out. */
  readonly issued: string[] = [];
  secret = CLIENT_SECRET;
  isExpired = false;

  issue(path: string, raw: string): Answer {
    const form = new URLSearchParams(raw);
    if (path !== `/${TENANT}/oauth2/v2.0/token`) throw refused(400, 'invalid_request', 90002);
    if (form.get('grant_type') !== 'client_credentials') throw refused(400, 'unsupported_grant_type', 70003);
    if (form.get('scope') !== SCOPE) throw refused(400, 'invalid_scope', 70011);
    if (form.get('client_id') !== CLIENT_ID) throw refused(400, 'unauthorized_client', 700016);
    const assertion = form.get('client_assertion');
    if (assertion === null) this.#bySecret(form.get('client_secret'));
    else byAssertion(assertion, form.get('client_assertion_type'));
    const access_token = `eyJ0eXAiOiJKV1QifQ.${randomBytes(24).toString('hex')}`;
    this.issued.push(access_token);
    return { status: 200, body: { token_type: 'Bearer', expires_in: 3_599, ext_expires_in: 3_599, access_token } };
  }

  #bySecret(secret: string | null): void {
    if (secret !== this.secret) throw refused(401, 'invalid_client', 7000215);
    if (this.isExpired) throw refused(401, 'invalid_client', 7000222);
  }
}

function byAssertion(assertion: string, type: string | null): void {
  if (type !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') throw refused(400, 'invalid_request', 900144);
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify('sha256', signed, CLUSTER.publicKey, Buffer.from(signature, 'base64url')))
    throw refused(401, 'invalid_client', 700027);
  const { iss, sub, aud, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  if (iss !== ISSUER) throw refused(401, 'invalid_client', 700211);
  if (sub !== SUBJECT) throw refused(401, 'invalid_client', 700213);
  if (!(aud as string[]).includes(AUDIENCE)) throw refused(401, 'invalid_client', 700212);
  if (Number(exp) * 1_000 < Date.now()) throw refused(401, 'invalid_client', 700024);
}

function refused(status: number, error: string, code: number): HttpAnswer {
  const error_description = `AADSTS${code}: refused. Trace ID: 0 Correlation ID: 0`;
  return new HttpAnswer(status, { error, error_description, error_codes: [code], trace_id: '0', correlation_id: '0' });
}
