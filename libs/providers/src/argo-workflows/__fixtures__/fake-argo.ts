import { type FakeObject, metadata } from '../../../../../test/support/fake-kubernetes';
import { pageOfList } from '../../../../../test/support/fake-kubernetes/lists';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';
import { VendorServer } from '../../../../../test/support/fake-vendor/server';

export const TOKEN = 'an-argo-token-0123456789-abcdefghij';
const LIST = /^\/(workflows|workflow-templates|cron-workflows)\/([^/]*)$/;
const PARAMS = ['listOptions.limit', 'listOptions.continue', 'listOptions.labelSelector', 'listOptions.fieldSelector'];

export interface ArgoState {
  tokens: string[];
  /** True for `--auth-mode=server`. */
  isOpen: boolean;
  subject: string;
  /** Lists that the token may not read. */
  denied: string[];
  readonly lists: Record<string, FakeObject[]>;
}

/** Argo Server 3.5 or newer with `--auth-mode=client`. */
export class FakeArgo extends VendorServer {
  state: ArgoState = newState();

  static async start(): Promise<FakeArgo> {
    const argo = new FakeArgo({ errorType: 'text/plain', basePath: '/argo', apiPath: '/api/v1' });
    await argo.listen();
    return argo;
  }

  reset(): void {
    this.state = newState();
  }

  protected answer({ method, path, query, headers }: LoggedRequest): Answer {
    const token = /^Bearer (\S+)$/.exec(String(headers['authorization']))?.[1];
    if (token === undefined && !this.state.isOpen) throw refusal(401, 16, 'token not valid');
    if (method !== 'GET') throw this.#unexpected(method);
    if (path === '/version') return { status: 200, body: VERSION };
    if (path === '/userinfo')
      return { status: 200, body: { subject: this.state.subject, serviceAccountName: 'reader' } };
    const [, name, namespace] = LIST.exec(path) ?? [];
    if (name === undefined) throw this.#unexpected(path);
    // `/version` and `/userinfo` above do not check the token: Argo creates a client from any token.
    if (token !== undefined && !this.state.tokens.includes(token)) throw refusal(401, 16, 'Unauthorized');
    if (this.state.denied.includes(name)) throw refusal(403, 7, `you are not allowed to list ${name}`);
    return { status: 200, body: this.#list(name, namespace, query) };
  }

  #list(name: string, namespace: string | undefined, query: Readonly<Record<string, string>>): object {
    const known = name === 'workflows' ? [...PARAMS, 'fields'] : PARAMS;
    this.violations.push(...Object.keys(query).filter((param) => !known.includes(param)));
    const options = optionsOf(query);
    const objects = this.state.lists[name] ?? [];
    const all =
      name === 'workflows' ? newest(objects, namespace, options) : pageOfList(objects, namespace || undefined, options);
    if (!all) throw refusal(400, 3, 'continue key is not valid');
    const { items, metadata: meta } = all;
    // Go writes an empty list as null.
    const list = { metadata: meta, items: items.length === 0 ? null : items };
    return query['fields'] === undefined ? list : only(query['fields'].split(','), list);
  }

  #unexpected(what: string): HttpAnswer {
    this.violations.push(`unexpected: ${what}`);
    return new HttpAnswer(500, `unexpected: ${what}`);
  }
}

/** An object with these labels, `spec` and `status`. */
export function object(
  name: string,
  given: { namespace?: string; at?: string; labels?: Record<string, string>; spec?: object; status?: object } = {},
): FakeObject {
  const { namespace = 'ci', at = '2026-11-26T07:00:00Z', labels = {}, spec = {}, status = {} } = given;
  return {
    metadata: metadata(namespace, name, { creationTimestamp: at, labels }),
    spec: { ...spec },
    status: { ...status },
  };
}

const VERSION = {
  ...{ version: 'v3.7.2', buildDate: '2026-09-10T00:00:00Z', gitCommit: '5d4f8c7', gitTag: 'v3.7.2' },
  ...{ gitTreeState: 'clean', goVersion: 'go1.25.1', compiler: 'gc', platform: 'linux/amd64' },
};

function newState(): ArgoState {
  const subject = 'system:serviceaccount:ci:reader';
  const lists = { workflows: [], 'workflow-templates': [], 'cron-workflows': [] };
  return { tokens: [TOKEN], isOpen: false, subject, denied: [], lists };
}

function optionsOf(query: Readonly<Record<string, string>>): Record<string, string> {
  const options = Object.entries(query).filter(([name]) => name.startsWith('listOptions.'));
  return Object.fromEntries(options.map(([name, value]) => [name.slice('listOptions.'.length), value]));
}

/** `continue` is an offset, sent only if the rest is counted. Within a page, running workflows come first. */
function newest(
  objects: readonly FakeObject[],
  namespace: string | undefined,
  options: Readonly<Record<string, string>>,
) {
  const { fieldSelector = '', limit = '', continue: token = '0', ...selectors } = options;
  const matching = pageOfList(objects, namespace || undefined, selectors)?.items ?? [];
  const sorted = matching.toSorted((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1));
  const offset = Number(token);
  if (!Number.isInteger(offset)) return null;
  const items = sorted.slice(offset, offset + Number(limit));
  const left = sorted.length - offset - items.length;
  const hasMore = left > 0 && fieldSelector === 'ext.showRemainingItemCount=true';
  const meta = { resourceVersion: '1042', ...(hasMore ? { continue: String(offset + items.length) } : {}) };
  const isDone = ({ status }: FakeObject) => Number(status['finishedAt'] !== undefined);
  return { metadata: meta, items: items.toSorted((a, b) => isDone(a) - isDone(b)) };
}

/** Selects fields like Argo: a selected field keeps everything below it. */
function only(fields: readonly string[], value: unknown, at = ''): object {
  if (Array.isArray(value)) return value.map((one) => only(fields, one, at));
  const entries = Object.entries((value ?? {}) as object).flatMap(([name, below]) => {
    const path = at === '' ? name : `${at}.${name}`;
    if (fields.includes(path)) return [[name, below]];
    const leads = fields.some((field) => field.startsWith(`${path}.`));
    return leads ? [[name, below === null ? null : only(fields, below, path)]] : [];
  });
  return Object.fromEntries(entries) as object;
}

function refusal(status: number, code: number, message: string): HttpAnswer {
  return new HttpAnswer(status, { code, message, error: message });
}
