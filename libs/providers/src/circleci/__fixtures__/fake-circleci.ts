import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';
import { VendorServer } from '../../../../../test/support/fake-vendor/server';
import { flawOf } from './description';

export const TOKEN = 'CCIPAT_0123456789abcdefghijklmnopqrstuvwxyz';
export const SLUG = 'gh/acme/shop';
export const COMMIT = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';

/** A pipeline in CircleCI's sense, and its workflows. */
export interface FakePipeline {
  readonly number: number;
  readonly pipeline: Record<string, unknown>;
  readonly workflows: Record<string, unknown>[];
}

/** The real CircleCI has 20 items on a page. */
const PER_PAGE = 4;

/** CircleCI Server with the projects that one user follows. */
export class FakeCircleCi extends VendorServer {
  followed: object[] = [
    followed('https://github.com/acme/shop', { vcs_type: 'github', username: 'acme', reponame: 'shop' }),
    followed('https://bitbucket.org/acme/docs', { vcs_type: 'bitbucket', username: 'acme', reponame: 'docs' }),
    followed('//circleci.com/9f8e7d6c/5b4a3f2e', { vcs_type: 'circleci', username: 'Acme Inc', reponame: 'portal' }),
  ];
  /** The branches of each project: every branch ever built, with its last builds. */
  branches: object = { main: { recent_builds: [] } };
  /** Newest first. */
  pipelines: FakePipeline[] = [3, 2, 1].map((number) => triggered(number));

  private constructor() {
    super({ errorType: 'text/html', apiPath: '/api' });
  }

  static async start(): Promise<FakeCircleCi> {
    const circleci = new FakeCircleCi();
    await circleci.listen();
    return circleci;
  }

  protected answer({ method, path, headers }: LoggedRequest, url: URL): Answer {
    if (method !== 'GET') throw new HttpAnswer(500, `unexpected: ${method} ${path}`);
    if (headers['circle-token'] !== TOKEN) throw new HttpAnswer(401, { message: 'You must log in first.' });
    if (path === '/v1.1/projects') return { status: 200, body: this.#projects(url.searchParams.get('shallow')) };
    const body = this.#v2(path.replace(/^\/v2/, ''), url.searchParams.get('page-token'));
    const flaw = flawOf(path.replace(/^\/v2/, ''), body);
    if (flaw !== null) this.violations.push(flaw);
    return { status: 200, body };
  }

  #projects(shallow: string | null): object[] {
    if (shallow === 'true') return this.followed;
    return this.followed.map((project) => ({ ...project, branches: this.branches }));
  }

  #v2(path: string, page: string | null): object {
    if (path === '/me') return { id: uuid('a', 1), login: 'mona', name: 'Mona' };
    if (path === `/project/${SLUG}/pipeline`) return pageOf(this.pipelines, page, ({ pipeline }) => pipeline);
    if (/^\/project\/.*\/pipeline$/.test(path)) {
      if (path === '/project/bb/acme/docs/pipeline') return pageOf([], page, (none) => none);
      throw new HttpAnswer(404, { message: 'Project not found' });
    }
    const [, id] = /^\/pipeline\/([^/]+)\/workflow$/.exec(path) ?? [];
    const found = this.pipelines.find(({ pipeline }) => pipeline['id'] === id);
    if (!found) throw new HttpAnswer(500, `unexpected: ${path}`);
    return pageOf(found.workflows, page, (workflow) => workflow);
  }
}

function pageOf<T>(all: readonly T[], token: string | null, show: (one: T) => unknown): object {
  const from = token === null ? 0 : Number(Buffer.from(token, 'base64url').toString());
  const next = from + PER_PAGE;
  return {
    items: all.slice(from, next).map(show),
    next_page_token: next < all.length ? Buffer.from(String(next)).toString('base64url') : null,
  };
}

function followed(vcs_url: string, names: object): object {
  return { vcs_url, ...names, followed: true, default_branch: 'main' };
}

/** The pipeline of a push that started these workflows. Only pipeline 3 is of `COMMIT`. */
export function triggered(
  number: number,
  changes: object = {},
  workflows: readonly object[] = [{ name: 'build' }],
): FakePipeline {
  const id = uuid('b', number);
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 10 + number, minute)).toISOString();
  const revision = number === 3 ? COMMIT : String(number % 10).repeat(40);
  const repository = 'https://github.com/acme/shop';
  return {
    number,
    pipeline: {
      ...{ id, number, project_slug: SLUG, state: 'created', errors: [], created_at: at(0) },
      trigger: { type: 'webhook', received_at: at(0), actor: { login: 'mona', avatar_url: '' } },
      vcs: {
        ...{ provider_name: 'GitHub', origin_repository_url: repository, target_repository_url: repository },
        ...{ revision, branch: 'main' },
      },
      ...changes,
    },
    workflows: workflows.map((workflow, index) => ({
      ...{ id: uuid('c', number * 100 + index), pipeline_id: id, pipeline_number: number, project_slug: SLUG },
      ...{ name: 'build', status: 'success', started_by: uuid('a', 1), created_at: at(1 + index), stopped_at: at(30) },
      ...workflow,
    })),
  };
}

function uuid(kind: string, n: number): string {
  return `${kind.repeat(8)}-0000-4000-8000-${String(n).padStart(12, '0')}`;
}
