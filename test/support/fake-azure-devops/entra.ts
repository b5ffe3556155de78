import { randomBytes } from 'node:crypto';
import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';

/** A service principal of Microsoft Entra ID. */
export interface FakePrincipal {
  readonly tenant: string;
  readonly clientId: string;
  secret: string;
  isExpired: boolean;
}

/** Stands for `https://login.microsoftonline.com` in paths of the fake. */
export const LOGIN = '/login.microsoftonline.com';
const SCOPE = '499b84ac-1321-427f-aa17-267ca6975798/.default';
const FIELDS = ['client_id', 'client_secret', 'grant_type', 'scope'];

/** Issues a token to a principal with the right secret. Adds anything that Entra does not document to `violations`. */
export function issueToken(path: string, form: string, principal: FakePrincipal, violations: string[]): Answer {
  const fields = new URLSearchParams(form);
  const asked = [...fields.keys()].sort();
  if (asked.join() !== FIELDS.join()) violations.push(`token request with the fields ${asked.join(', ')}`);
  if (fields.get('grant_type') !== 'client_credentials') throw refused(400, 'unsupported_grant_type', 70003);
  if (fields.get('scope') !== SCOPE) throw refused(400, 'invalid_scope', 70011);
  const tenant = path.slice(LOGIN.length).split('/')[1];
  if (tenant !== principal.tenant) throw refused(400, 'invalid_request', 90002);
  if (fields.get('client_id') !== principal.clientId) throw refused(400, 'unauthorized_client', 700016);
  if (fields.get('client_secret') !== principal.secret) throw refused(401, 'invalid_client', 7000215);
  if (principal.isExpired) throw refused(401, 'invalid_client', 7000222);
  const access_token = `eyJ0eXAiOiJKV1QifQ.${randomBytes(24).toString('hex')}`;
  return { status: 200, body: { token_type: 'Bearer', expires_in: 3_599, ext_expires_in: 3_599, access_token } };
}

function refused(status: number, error: string, code: number): HttpAnswer {
  const error_description = `AADSTS${code}: refused. Trace ID: 0 Correlation ID: 0`;
  return new HttpAnswer(status, { error, error_description, error_codes: [code], trace_id: '0', correlation_id: '0' });
}
