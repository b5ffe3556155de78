import { randomBytes } from 'node:crypto';
import { FakeRegistry } from '../../../../../test/support/fake-registry';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';
import { expectedSignature, signatureOf } from './fake-sigv4';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';
export const REPOSITORY = 'team/app';
export const TAG = 'stable';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/puller`;
export const WEB_IDENTITY = 'eyJhbGciOiJSUzI1NiJ9.d2ViLWlkZW50aXR5.c2lnbmVkLWJ5LWVrcw';
const USER = `arn:aws:iam::${ACCOUNT}:user/ci`;
const TARGETS = { private: 'AmazonEC2ContainerRegistry_V20150921', public: 'SpencerFrontendService' };
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

/** ECR, public or private, its API and STS on one port. Signatures are computed again, and passwords end when told to. */
export class FakeEcr {
  readonly keys = new Map<string, FakeKey>([[KEYS.accessKeyId, { ...KEYS, arn: USER }]]);
  /** Actions that no policy allows. */
  readonly denied = new Set<string>();
  /** What the role's trust policy asks for. */
  externalId: string | undefined;
  /** Milliseconds that AWS's clock is ahead. */
  ahead = 0;
  /** Of the API and of STS, in the order in which they were asked for. */
  readonly actions: string[] = [];
  /** Instead of what follows from a request to the API. */
  override: HttpAnswer | undefined;
  /** All that was given out and must show nowhere. */
  readonly issued: string[] = [];
  readonly #users: Record<string, string> = {};
  readonly #expired = new Set<string>();
  #registry: FakeRegistry | undefined;

  private constructor(readonly kind: 'private' | 'public') {}

  static async start(kind: 'private' | 'public' = 'private'): Promise<FakeEcr> {
    const ecr = new FakeEcr(kind);
    ecr.#registry = await FakeRegistry.start({
      ...(kind === 'private' ? { auth: 'basic' } : { auth: 'token', tokens: 'opaque' }),
      ...{ users: ecr.#users, hasCatalog: false },
      grants: (_user, _type, name) => (ecr.denied.has(`pull ${name}`) ? [] : ['pull']),
      api: (request, url, raw) => ecr.#answer(request, url, raw),
    });
    for (const name of [REPOSITORY, 'team/tools', 'alpine']) ecr.registry.repository(ecr.nameOf(name)).push(TAG);
    return ecr;
  }

  get registry(): FakeRegistry {
    return this.#registry!;
  }

  /** Public ones have an alias before their name. */
  nameOf(name: string): string {
    return this.kind === 'public' ? `acme/${name}` : name;
  }

  /** As after twelve hours: passwords given out so far are refused. */
  expirePasswords(): void {
    if (this.#users['AWS'] !== undefined) this.#expired.add(this.#users['AWS']);
  }

  #answer(request: LoggedRequest, url: URL, raw: string): Answer | null {
    if (request.path.startsWith('/v2/')) return this.#registryAnswer(request, url);
    if (request.method !== 'POST' || request.path !== '/') return null;
    const target = String(request.headers['x-amz-target'] ?? '');
    return target === '' ? this.#sts(request, new URLSearchParams(raw), raw) : this.#ecr(request, target, raw);
  }

  #registryAnswer(request: LoggedRequest, url: URL): null {
    const [, basic = ''] = /^Basic (.+)$/.exec(String(request.headers['authorization'] ?? '')) ?? [];
    const [, password = ''] = Buffer.from(basic, 'base64').toString().split(':');
    if (this.#expired.has(password)) {
      throw refusal(403, 'DENIED', 'Your authorization token has expired. Reauthenticate and try again.');
    }
    if (Number(url.searchParams.get('n') ?? 1) > 1_000) {
      throw refusal(405, 'UNSUPPORTED', "Invalid parameter at 'maxResults': must be less than or equal to 1000");
    }
    if (this.denied.has('ecr:ListImages') && request.path.endsWith('/tags/list')) {
      throw refusal(403, 'DENIED', `User: ${USER} is not authorized to perform: ecr:ListImages`);
    }
    return null;
  }

  #ecr(request: LoggedRequest, target: string, raw: string): Answer {
    const service = this.kind === 'private' ? 'ecr' : 'ecr-public';
    const [prefix, action = ''] = target.split('.');
    this.actions.push(action);
    if (this.override) throw this.override;
    if (prefix !== TARGETS[this.kind]) throw fault('UnknownOperationException');
    const key = this.#signer(request, raw, service, (code, message) => fault(code, message));
    if (this.denied.has(`${service}:${action}`)) {
      throw fault('AccessDeniedException', `User: ${key.arn} is not authorized to perform: ${service}:${action}`);
    }
    if (action === 'GetAuthorizationToken') return this.#password();
    if (action === 'DescribeRepositories') return this.#repositories(JSON.parse(raw) as Record<string, unknown>);
    throw fault('UnknownOperationException');
  }

  #password(): Answer {
    const password = randomBytes(30).toString('hex');
    this.#users['AWS'] = password;
    const authorizationToken = Buffer.from(`AWS:${password}`).toString('base64');
    this.issued.push(password, authorizationToken);
    const data = { authorizationToken, expiresAt: (Date.now() + 12 * 3_600_000) / 1_000 };
    return json({ authorizationData: this.kind === 'private' ? [data] : data });
  }

  #repositories({ maxResults, nextToken, registryId, ...rest }: Record<string, unknown>): Answer {
    const size = Number(maxResults);
    const isForeign = registryId !== undefined && registryId !== ACCOUNT;
    if (size < 1 || size > 1_000 || Object.keys(rest).length > 0) throw fault('InvalidParameterException');
    if (isForeign) throw fault('RepositoryNotFoundException');
    const from = nextToken === undefined ? 0 : offsetOf(String(nextToken));
    const names = [...this.registry.repositories.keys()];
    const host = this.kind === 'private' ? `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com` : 'public.ecr.aws';
    const repositories = names.slice(from, from + size).map((name) => ({
      repositoryArn: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`,
      ...{ registryId: ACCOUNT, repositoryName: name.replace(/^acme\//, ''), repositoryUri: `${host}/${name}` },
    }));
    return json({ repositories, ...(from + size < names.length ? { nextToken: tokenOf(from + size) } : {}) });
  }

  #sts(request: LoggedRequest, form: URLSearchParams, raw: string): Answer {
    const action = form.get('Action') ?? '';
    this.actions.push(action);
    if (form.get('Version') !== '2011-06-15') throw stsFault(400, 'InvalidAction');
    if (action === 'AssumeRoleWithWebIdentity') {
      if (request.headers['authorization'] !== undefined) throw stsFault(400, 'InvalidAction');
      if (form.get('WebIdentityToken') !== WEB_IDENTITY) throw stsFault(400, 'InvalidIdentityToken');
      return this.#session(action, form);
    }
    const key = this.#signer(request, raw, 'sts', (code) => stsFault(403, code.replace(/Exception$/, '')));
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

  /** Whose key signed the request, which must be as it was signed, lately, for this region and service. */
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
    const region = this.kind === 'public' ? 'us-east-1' : REGION;
    const isComplete = ['host', 'x-amz-date', 'content-type'].every((name) => given.signedHeaders.includes(name));
    const isScoped = given.region === region && given.service === service;
    if (!isComplete || !isScoped) throw refuse('IncompleteSignatureException');
    const late = Date.now() + this.ahead - given.date;
    if (late > SKEW_MS) throw refuse('InvalidSignatureException', 'Signature expired: 1 is now earlier than 2');
    if (late < -SKEW_MS) throw refuse('InvalidSignatureException', 'Signature not yet current: 2 is later than 1');
    if (given.signature !== expectedSignature(request, given, raw, key.secretAccessKey))
      throw refuse('InvalidSignatureException');
    if (key.expired) throw refuse('ExpiredTokenException');
    return key;
  }
}

/** As ECR words it; the text quotes what an error of ours must not. */
export function fault(code: string, message = `${code} of ${KEYS.secretAccessKey}`, status = 400): HttpAnswer {
  return new HttpAnswer(status, { __type: code, message }, { 'content-type': 'application/x-amz-json-1.1' });
}

function stsFault(status: number, code: string, message = `${code} of ${WEB_IDENTITY}`): HttpAnswer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n${error}\n</ErrorResponse>\n`;
  return new HttpAnswer(status, body, { 'content-type': 'text/xml' });
}

function refusal(status: number, code: string, message: string): HttpAnswer {
  return new HttpAnswer(status, { errors: [{ code, message }] });
}

function json(body: object): Answer {
  return { status: 200, body, headers: { 'content-type': 'application/x-amz-json-1.1' } };
}

function xml(action: string, result: string): Answer {
  const head = `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">`;
  const body = `${head}\n<${action}Result>${result}</${action}Result>\n</${action}Response>\n`;
  return { status: 200, body, headers: { 'content-type': 'text/xml' } };
}

function tokenOf(offset: number): string {
  return Buffer.from(`offset ${offset}`).toString('base64');
}

function offsetOf(token: string): number {
  const [, offset] = /^offset (\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (offset === undefined) throw fault('InvalidParameterException');
  return Number(offset);
}
