import { randomBytes } from 'node:crypto';
import { type Answer, HttpAnswer } from '../../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../../test/support/fake-vendor/faults';
import { expectedSignature, signatureOf } from './fake-sigv4';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/puller`;
export const WEB_IDENTITY = 'eyJhbGciOiJSUzI1NiJ9.d2ViLWlkZW50aXR5.c2lnbmVkLWJ5LWVrcw';
export const USER = `arn:aws:iam::${ACCOUNT}:user/ci`;
const STS_NAMES: Readonly<Record<string, string>> = { InvalidSignatureException: 'SignatureDoesNotMatch' };
const NO_KEYS =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";
const SKEW_MS = 5 * 60_000;

export const KEYS = {
  accessKeyId: 'AKIDEXAMPLE012345678',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
export const SECRET = JSON.stringify(KEYS);

interface FakeKey {
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly arn: string;
  expired?: boolean;
}

/** One of AWS's APIs and STS, on one port. Verifies signatures. */
export abstract class FakeAws {
  readonly keys = new Map<string, FakeKey>([[KEYS.accessKeyId, { ...KEYS, arn: USER }]]);
  /** Actions that no policy allows. */
  readonly denied = new Set<string>();
  /** False while AWS cannot reach the issuer of web identities. */
  hasIssuer = true;
  /** False while AWS cannot fetch the keys of that issuer. */
  hasKeys = true;
  /** The external id that the role's trust policy requires. */
  externalId: string | undefined;
  /** Milliseconds that AWS's clock is ahead. */
  ahead = 0;
  /** The actions called at the API and at STS, in order. */
  readonly actions: string[] = [];
  /** Answers every request to the API, if set. */
  override: HttpAnswer | undefined;
  /** Every secret that was issued; none may appear anywhere. */
  readonly issued: string[] = [];

  /** The service's name in signatures and denials. */
  protected abstract readonly service: string;
  /** The prefix of the action in the header that names it. */
  protected abstract readonly target: string;
  protected abstract readonly region: string;

  /** May throw HttpAnswer. */
  protected abstract act(action: string, input: Record<string, unknown>): Answer;

  /** Null if the request is not for an API. */
  post(request: LoggedRequest, raw: string): Answer | null {
    if (request.method !== 'POST' || request.path !== '/') return null;
    const target = String(request.headers['x-amz-target'] ?? '');
    return target === '' ? this.#sts(request, new URLSearchParams(raw), raw) : this.#api(request, target, raw);
  }

  #api(request: LoggedRequest, target: string, raw: string): Answer {
    const [prefix, action = ''] = target.split('.');
    this.actions.push(action);
    if (this.override) throw this.override;
    if (prefix !== this.target) throw fault('UnknownOperationException');
    const key = this.#signer(request, raw, this.service, (code, message) => fault(code, message));
    if (this.denied.has(`${this.service}:${action}`)) {
      throw fault('AccessDeniedException', `User: ${key.arn} is not authorized to perform: ${this.service}:${action}`);
    }
    return this.act(action, JSON.parse(raw) as Record<string, unknown>);
  }

  #sts(request: LoggedRequest, form: URLSearchParams, raw: string): Answer {
    const action = form.get('Action') ?? '';
    this.actions.push(action);
    if (form.get('Version') !== '2011-06-15') throw stsFault(400, 'InvalidAction');
    if (action === 'AssumeRoleWithWebIdentity') {
      if (request.headers['authorization'] !== undefined) throw stsFault(400, 'InvalidAction');
      if (!this.hasIssuer) throw stsFault(400, 'IDPCommunicationError');
      if (!this.hasKeys) throw stsFault(400, 'InvalidIdentityToken', NO_KEYS);
      if (form.get('WebIdentityToken') !== WEB_IDENTITY) throw stsFault(400, 'InvalidIdentityToken');
      return this.#session(action, form);
    }
    const nameOf = (code: string) => STS_NAMES[code] ?? code.replace(/Exception$/, '');
    const key = this.#signer(request, raw, 'sts', (code, message) => stsFault(403, nameOf(code), message));
    if (action === 'AssumeRole') return this.#session(action, form);
    if (action !== 'GetCallerIdentity') throw stsFault(400, 'InvalidAction');
    const account = key.arn.split(':')[4];
    return xml(action, `<Arn>${key.arn}</Arn><UserId>AIDAEXAMPLE</UserId><Account>${account}</Account>`);
  }

  #session(action: string, form: URLSearchParams): Answer {
    const isTrusted = form.get('RoleArn') === ROLE && form.get('ExternalId') === (this.externalId ?? null);
    if (!isTrusted) throw stsFault(403, 'AccessDenied', `User is not authorized to perform: sts:${action}`);
    const name = form.get('RoleSessionName');
    const id = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    const [secretAccessKey, sessionToken] = [randomBytes(30).toString('base64'), randomBytes(90).toString('base64')];
    this.keys.set(id, { secretAccessKey, sessionToken, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/puller/${name}` });
    this.issued.push(secretAccessKey, sessionToken);
    const expiration = new Date(Date.now() + 3_600_000).toISOString();
    const keys = `<AccessKeyId>${id}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>`;
    const rest = `<SessionToken>${sessionToken}</SessionToken><Expiration>${expiration}</Expiration>`;
    return xml(action, `<Credentials>${keys}${rest}</Credentials>`);
  }

  /** The key that signed the request. The signature must be valid, recent, and for this region and service. */
  #signer(
    request: LoggedRequest,
    raw: string,
    service: string,
    refuse: (code: string, message?: string) => HttpAnswer,
  ): FakeKey {
    const given = signatureOf(request);
    if (!given) throw refuse('MissingAuthenticationTokenException');
    const key = this.keys.get(given.accessKeyId);
    if (!key || request.headers['x-amz-security-token'] !== key.sessionToken)
      throw refuse('UnrecognizedClientException');
    const isComplete = ['host', 'x-amz-date', 'content-type'].every((name) => given.signedHeaders.includes(name));
    if (given.region !== this.region) {
      const message = `Credential should be scoped to a valid region, not '${given.region}'. `;
      throw refuse('InvalidSignatureException', message);
    }
    if (!isComplete || given.service !== service) throw refuse('IncompleteSignatureException');
    const late = Date.now() + this.ahead - given.date;
    if (late > SKEW_MS) throw refuse('InvalidSignatureException', 'Signature expired: 1 is now earlier than 2');
    if (late < -SKEW_MS) throw refuse('InvalidSignatureException', 'Signature not yet current: 2 is later than 1');
    if (given.signature !== expectedSignature(request, given, raw, key.secretAccessKey))
      throw refuse('InvalidSignatureException');
    if (key.expired) throw refuse('ExpiredTokenException');
    return key;
  }
}

/** A fault in AWS's words. Its text quotes a secret, which our errors must not repeat. */
export function fault(code: string, message = `${code} of ${KEYS.secretAccessKey}`, status = 400): HttpAnswer {
  return new HttpAnswer(status, { __type: code, message }, { 'content-type': 'application/x-amz-json-1.1' });
}

function stsFault(status: number, code: string, message = `${code} of ${WEB_IDENTITY}`): HttpAnswer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n${error}\n</ErrorResponse>\n`;
  return new HttpAnswer(status, body, { 'content-type': 'text/xml' });
}

export function json(body: object): Answer {
  return { status: 200, body, headers: { 'content-type': 'application/x-amz-json-1.1' } };
}

function xml(action: string, result: string): Answer {
  const head = `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">`;
  const body = `${head}\n<${action}Result>${result}</${action}Result>\n</${action}Response>\n`;
  return { status: 200, body, headers: { 'content-type': 'text/xml' } };
}
