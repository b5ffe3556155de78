import { randomBytes } from 'node:crypto';
import { FakeRegistry } from '../../../../../test/support/fake-registry';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';
import { ACCOUNT, FakeAws, fault, json, REGION, USER } from '../../vendors/aws/__fixtures__/fake-aws';

export const REPOSITORY = 'team/app';
export const TAG = 'stable';
const TARGETS = { private: 'AmazonEC2ContainerRegistry_V20150921', public: 'SpencerFrontendService' };

/** ECR, public or private, with its API. Passwords expire by `expirePasswords`. */
export class FakeEcr extends FakeAws {
  readonly #users: Record<string, string> = {};
  readonly #expired = new Set<string>();
  #registry: FakeRegistry | undefined;

  protected readonly service: string;
  protected readonly target: string;
  protected readonly region: string;

  private constructor(readonly kind: 'private' | 'public') {
    super();
    this.service = kind === 'private' ? 'ecr' : 'ecr-public';
    this.target = TARGETS[kind];
    this.region = kind === 'private' ? REGION : 'us-east-1';
  }

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

  /** Names in the public registry begin with an alias. */
  nameOf(name: string): string {
    return this.kind === 'public' ? `acme/${name}` : name;
  }

  /** Refuses all passwords issued so far, as after twelve hours. */
  expirePasswords(): void {
    if (this.#users['AWS'] !== undefined) this.#expired.add(this.#users['AWS']);
  }

  #answer(request: LoggedRequest, url: URL, raw: string): Answer | null {
    if (request.path.startsWith('/v2/')) return this.#registryAnswer(request, url);
    return this.post(request, raw);
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

  protected act(action: string, input: Record<string, unknown>): Answer {
    if (action === 'GetAuthorizationToken') return this.#password();
    if (action === 'DescribeRepositories') return this.#repositories(input);
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
}

function refusal(status: number, code: string, message: string): HttpAnswer {
  return new HttpAnswer(status, { errors: [{ code, message }] });
}

function tokenOf(offset: number): string {
  return Buffer.from(`offset ${offset}`).toString('base64');
}

function offsetOf(token: string): number {
  const [, offset] = /^offset (\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (offset === undefined) throw fault('InvalidParameterException');
  return Number(offset);
}
