import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';
import type { LoggedRequest } from '../fake-vendor/faults.ts';
import { VendorServer } from '../fake-vendor/server.ts';
import { misfits, type TypeName } from './description.ts';
import { pageOfList } from './lists.ts';
import { type ClusterState, newState } from './world.ts';

export { type ClusterState, DIGEST, type FakeObject, metadata, pod, status, TOKEN, USER } from './world.ts';

interface Asked {
  readonly request: LoggedRequest;
  /** `system:anonymous` without a credential. */
  readonly user: string;
}

interface Attributes {
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
  readonly namespace?: string;
}

const ANONYMOUS = 'system:anonymous';
const LIST = /^\/(?:api\/v1|apis\/(tekton\.dev)\/v1)(?:\/namespaces\/([^/]+))?\/(pods|pipelines|pipelineruns)$/;
const LIST_PARAMS = ['limit', 'continue', 'labelSelector', 'fieldSelector'];
const READYZ_CHECKS = ['ping', 'log', 'etcd', 'informer-sync'];

/** A Kubernetes API server with RBAC, on the loopback interface. It and its callers must match the published description. */
export class FakeKubernetes extends VendorServer {
  state: ClusterState = newState();

  private constructor() {
    super({ errorType: 'text/plain' });
  }

  static async start(): Promise<FakeKubernetes> {
    const cluster = new FakeKubernetes();
    await cluster.listen();
    return cluster;
  }

  /** Restores the initial state. */
  reset(): void {
    this.state = newState();
  }

  protected override standardHeaders(): Record<string, string> {
    return { 'audit-id': 'b3c1d8f2' };
  }

  protected answer(request: LoggedRequest): Answer {
    const answer = this.#route({ request, user: this.#whoIs(request) });
    return answer;
  }

  #route(asked: Asked): Answer {
    const { method, path } = asked.request;
    if (method === 'GET' && path === '/version') return this.#typed('Info', 200, versionInfo(this.state.version));
    if (method === 'GET' && path === '/readyz') return this.#readyz(asked);
    if (method === 'POST') return this.#review(asked);
    if (method === 'GET' && path === '/apis/tekton.dev/v1') return this.#tekton(asked);
    if (method === 'GET' && path === '/api/v1/namespaces/tekton-pipelines/configmaps/pipelines-info') {
      return this.#pipelinesInfo(asked);
    }
    const [, group, namespace, resource] = LIST.exec(path) ?? [];
    if (method !== 'GET' || resource === undefined) throw this.#unexpected(`${method} ${path}`);
    return this.#list(asked, { verb: 'list', group: group ?? '', resource, ...(namespace ? { namespace } : {}) });
  }

  #whoIs({ headers }: LoggedRequest): string {
    const { authorization } = headers;
    const { users, isAnonymousSomebody } = this.state;
    const user = authorization === undefined ? ANONYMOUS : users.get(String(authorization).replace('Bearer ', ''));
    if (user !== undefined && (user !== ANONYMOUS || isAnonymousSomebody)) return user;
    throw this.refusal(401, 'Unauthorized', 'Unauthorized');
  }

  #readyz({ request, user }: Asked): Answer {
    if (!('verbose' in request.query)) throw this.#unexpected('readyz without verbose');
    if (!this.state.isReadyzOpen) throw this.refusal(403, 'Forbidden', `User "${user}" cannot get path "/readyz"`);
    const { failing } = this.state;
    const lines = READYZ_CHECKS.map((check) =>
      failing.includes(check) ? `[-]${check} failed: reason withheld` : `[+]${check} ok`,
    );
    const end = failing.length > 0 ? 'readyz check failed' : 'readyz check passed';
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    return { status: failing.length > 0 ? 500 : 200, body: `${[...lines, end].join('\n')}\n`, headers };
  }

  #review({ request, user }: Asked): Answer {
    const { path, body } = request;
    const type = TYPE_BY_PATH[path];
    if (!type) throw this.#unexpected(`POST ${path}`);
    this.violations.push(...misfits(type, body));
    if (user === ANONYMOUS)
      throw this.refusal(403, 'Forbidden', `User "${user}" cannot create resource at the cluster scope`);
    if (type === 'SelfSubjectReview') {
      if (!this.state.hasSelfReview) throw notFound();
      return this.#typed(type, 201, {
        ...(body as object),
        metadata: { creationTimestamp: null },
        status: { userInfo: { username: user, groups: ['system:authenticated'] } },
      });
    }
    const { spec } = body as { spec: { resourceAttributes: Attributes; namespace: string } };
    const answered = { ...(body as object), metadata: { creationTimestamp: null } };
    if (type === 'SelfSubjectAccessReview') {
      return this.#typed(type, 201, { ...answered, status: { allowed: this.#allows(spec.resourceAttributes) } });
    }
    const resourceRules = [
      { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews'] },
      ...this.state.grants
        .filter(({ namespace }) => namespace === undefined || namespace === spec.namespace)
        .map(({ verbs, apiGroups, resources }) => ({ verbs, apiGroups, resources })),
    ];
    return this.#typed(type, 201, { ...answered, status: { resourceRules, nonResourceRules: [], incomplete: false } });
  }

  #list({ request, user }: Asked, attributes: Attributes): Answer {
    const { query } = request;
    this.violations.push(...Object.keys(query).filter((name) => !LIST_PARAMS.includes(name)));
    const { state } = this;
    if (attributes.group === 'tekton.dev' && !state.hasTekton) throw notFound();
    if (user === ANONYMOUS || !this.#allows(attributes)) {
      const where = attributes.namespace ? `in the namespace "${attributes.namespace}"` : 'at the cluster scope';
      const what = `${attributes.resource} is forbidden: User "${user}" cannot list resource "${attributes.resource}"`;
      throw this.refusal(403, 'Forbidden', `${what} in API group "${attributes.group}" ${where}`);
    }
    if (query['continue'] !== undefined && state.isCompacted) {
      throw this.refusal(
        410,
        'Expired',
        'The provided continue parameter is too old to display a consistent list result.',
      );
    }
    const list = pageOfList(state.objects[attributes.resource] ?? [], attributes.namespace, query);
    if (!list) throw this.refusal(400, 'BadRequest', 'continue key is not valid');
    if (attributes.resource === 'pods')
      return this.#typed('PodList', 200, { apiVersion: 'v1', kind: 'PodList', ...list });
    return this.#typed('CustomList', 200, { apiVersion: 'tekton.dev/v1', kind: 'List', ...list });
  }

  /** Every authenticated user may discover API groups. */
  #tekton({ user }: Asked): Answer {
    if (user === ANONYMOUS)
      throw this.refusal(403, 'Forbidden', `User "${user}" cannot get path "/apis/tekton.dev/v1"`);
    if (!this.state.hasTekton) throw notFound();
    const resources = ['pipelines', 'pipelineruns'].map((name) => {
      const kind = name === 'pipelines' ? 'Pipeline' : 'PipelineRun';
      return { name, singularName: kind.toLowerCase(), namespaced: true, kind, verbs: ['get', 'list', 'watch'] };
    });
    const list = { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'tekton.dev/v1', resources };
    return this.#typed('APIResourceList', 200, list);
  }

  #pipelinesInfo({ user }: Asked): Answer {
    if (!this.state.hasTekton) throw this.refusal(404, 'NotFound', 'configmaps "pipelines-info" not found');
    if (user === ANONYMOUS) throw this.refusal(403, 'Forbidden', `User "${user}" cannot get resource "configmaps"`);
    const kind = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'pipelines-info' } };
    return this.#typed('ConfigMap', 200, { ...kind, data: { version: 'v1.4.0' } });
  }

  #allows({ verb, group = '', resource, namespace }: Attributes): boolean {
    const has = (all: readonly string[], one: string) => all.includes(one) || all.includes('*');
    return this.state.grants.some(
      (grant) =>
        has(grant.verbs, verb) &&
        has(grant.apiGroups, group) &&
        has(grant.resources, resource) &&
        (grant.namespace === undefined || grant.namespace === namespace),
    );
  }

  #typed(type: TypeName, code: number, body: object): Answer {
    this.violations.push(...misfits(type, body));
    return { status: code, body };
  }

  refusal(code: number, reason: string, message: string): HttpAnswer {
    const kind = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' };
    const body = { ...kind, message, reason, code };
    this.violations.push(...misfits('Status', body));
    return new HttpAnswer(code, body);
  }

  #unexpected(what: string): HttpAnswer {
    this.violations.push(`unexpected: ${what}`);
    return new HttpAnswer(500, `unexpected: ${what}`);
  }
}

const TYPE_BY_PATH: Readonly<Record<string, TypeName>> = {
  '/apis/authentication.k8s.io/v1/selfsubjectreviews': 'SelfSubjectReview',
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': 'SelfSubjectAccessReview',
  '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews': 'SelfSubjectRulesReview',
};

/** The answer for a path that no API group serves. */
function notFound(): HttpAnswer {
  return new HttpAnswer(404, '404 page not found\n', { 'content-type': 'text/plain; charset=utf-8' });
}

function versionInfo(gitVersion: string): object {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  return {
    ...{ major, minor, gitVersion, gitCommit: '4dc2f1e0', gitTreeState: 'clean', buildDate: '2026-09-10T00:00:00Z' },
    ...{ goVersion: 'go1.25.1', compiler: 'gc', platform: 'linux/amd64' },
  };
}
