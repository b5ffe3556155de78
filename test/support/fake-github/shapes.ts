import type {
  Author,
  FakeCheckRun,
  FakeComment,
  FakeInstallation,
  FakePull,
  FakeRepository,
  FakeStatus,
} from './world.ts';

export interface FakeApp {
  readonly id: number;
  readonly clientId: string;
  readonly slug: string;
  /** Milliseconds. */
  readonly createdAt: number;
}

const USER_URLS = [
  'followers',
  'following',
  'gists',
  'starred',
  'subscriptions',
  'organizations',
  'repos',
  'events',
  'received_events',
];
const REPOSITORY_URLS =
  'archive assignees blobs branches collaborators comments commits compare contents contributors deployments downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels languages merges milestones notifications pulls releases stargazers statuses subscribers subscription tags teams trees';

/** Converts stored data to the shapes of GitHub's REST API. */
export class Shapes {
  readonly #api: string;
  readonly #app: FakeApp;

  constructor(api: string, app: FakeApp) {
    this.#api = api;
    this.#app = app;
  }

  app(permissions: object): object {
    const at = iso(this.#app.createdAt);
    const { id, clientId, slug } = this.#app;
    return {
      ...{ id, slug, client_id: clientId, node_id: nodeId('A', id), owner: this.user('app-owner', 'User') },
      ...{ name: slug, description: null, external_url: 'https://app.example', permissions, events: [] },
      html_url: `${this.#api}/apps/${slug}`,
      created_at: at,
      updated_at: at,
    };
  }

  user(login: string, type: 'Bot' | 'User' | 'Organization'): object {
    const url = `${this.#api}/users/${encodeURIComponent(login)}`;
    return {
      ...{ login, id: 1, node_id: nodeId('U', 1), avatar_url: `${url}/avatar`, gravatar_id: '', url, html_url: url },
      ...Object.fromEntries(USER_URLS.map((name) => [`${name}_url`, `${url}/${name}`])),
      type,
      site_admin: false,
    };
  }

  installation(installation: FakeInstallation): object {
    const { id, account, permissions, suspended } = installation;
    const at = iso(this.#app.createdAt);
    return {
      ...{ id, account: this.user(account, 'Organization'), permissions, events: [], single_file_name: null },
      ...{ app_id: this.#app.id, client_id: this.#app.clientId, app_slug: this.#app.slug },
      ...{ target_id: 1, target_type: 'Organization', repository_selection: 'selected' },
      access_tokens_url: `${this.#api}/app/installations/${id}/access_tokens`,
      repositories_url: `${this.#api}/installation/repositories`,
      html_url: `${this.#api}/settings/installations/${id}`,
      created_at: at,
      updated_at: at,
      suspended_by: suspended ? this.user(account, 'User') : null,
      suspended_at: suspended ? at : null,
    };
  }

  repository(repository: FakeRepository): object {
    const { id, owner, name } = repository;
    const url = this.repositoryUrl(repository);
    return {
      ...{ id, node_id: nodeId('R', id), name, full_name: `${owner}/${name}`, owner: this.user(owner, 'Organization') },
      ...{ private: true, fork: false, description: null, url, html_url: url },
      ...Object.fromEntries(REPOSITORY_URLS.split(' ').map((part) => [`${part}_url`, `${url}/${part}`])),
    };
  }

  pull(repository: FakeRepository, pull: FakePull): object {
    const url = `${this.repositoryUrl(repository)}/pulls/${pull.number}`;
    const user = this.user('octocat', 'User');
    const branch = (ref: string, sha: string) => ({
      label: ref,
      ref,
      sha,
      user,
      repo: this.fullRepository(repository),
    });
    const links = ['comments', 'commits', 'statuses', 'html', 'issue', 'review_comments', 'review_comment', 'self'];
    const at = iso(this.#app.createdAt);
    return {
      ...{
        id: pull.number,
        node_id: nodeId('PR', pull.number),
        number: pull.number,
        state: pull.state,
        locked: pull.locked,
        draft: pull.draft,
      },
      ...{ title: 'A change', body: null, user, labels: [], assignee: null, milestone: null, auto_merge: null },
      ...Object.fromEntries(links.map((link) => [link === 'self' ? 'url' : `${link}_url`, `${url}/${link}`])),
      ...{ diff_url: `${url}.diff`, patch_url: `${url}.patch`, author_association: 'MEMBER' },
      ...{ created_at: at, updated_at: at, closed_at: null, merged_at: null, merge_commit_sha: null },
      ...{ head: branch('change', pull.headSha), base: branch('main', '0'.repeat(40)) },
      _links: Object.fromEntries(links.map((link) => [link, { href: `${url}/${link}` }])),
      ...{ merged: false, mergeable: null, mergeable_state: 'unknown', merged_by: null, maintainer_can_modify: false },
      ...{
        comments: pull.comments.length,
        review_comments: pull.reviewComments.length,
        commits: 1,
        additions: 1,
        deletions: 0,
        changed_files: 1,
      },
    };
  }

  comment(repository: FakeRepository, pull: FakePull, comment: FakeComment): object {
    const { id, author, body, createdAt, updatedAt } = comment;
    const url = this.repositoryUrl(repository);
    return {
      ...{ id, node_id: nodeId('IC', id), body, user: this.#author(author), author_association: 'NONE' },
      ...{ created_at: createdAt, updated_at: updatedAt },
      url: `${url}/issues/comments/${id}`,
      html_url: `${url}/pull/${pull.number}#issuecomment-${id}`,
      issue_url: `${url}/issues/${pull.number}`,
      performed_via_github_app: author.viaApp ? this.app({}) : author.type === 'Bot' ? this.#otherApp() : null,
    };
  }

  /** `simple`: as the combined status lists it, without its creator. */
  status(repository: FakeRepository, sha: string, status: FakeStatus, simple = false): object {
    const { id, state, context, description, target_url, createdAt } = status;
    return {
      ...{ id, node_id: nodeId('SC', id), state, context, description, target_url, avatar_url: null },
      ...{ created_at: createdAt, updated_at: createdAt },
      url: `${this.repositoryUrl(repository)}/statuses/${sha}`,
      ...(simple ? {} : { creator: this.user(`${this.#app.slug}[bot]`, 'Bot') }),
    };
  }

  checkRun(repository: FakeRepository, run: FakeCheckRun): object {
    const { annotations, output, viaApp, ...rest } = run;
    const url = `${this.repositoryUrl(repository)}/check-runs/${run.id}`;
    return {
      ...rest,
      ...{ node_id: nodeId('CR', run.id), url, html_url: url.replace('check-runs', 'runs') },
      output: { ...output, annotations_count: annotations.length, annotations_url: `${url}/annotations` },
      ...{ check_suite: { id: 1 }, pull_requests: [] },
      app: viaApp ? this.app({}) : this.#otherApp(),
    };
  }

  apiUrl(path: string): string {
    return `${this.#api}${path}`;
  }

  repositoryUrl(repository: FakeRepository): string {
    return `${this.#api}/repos/${repository.owner}/${repository.name}`;
  }

  #otherApp(): object {
    return { ...this.app({}), id: 1, client_id: 'Iv23other', slug: 'other' };
  }

  #author(author: Author): object {
    return this.user(author.login, author.type);
  }

  fullRepository(repository: FakeRepository): object {
    const at = iso(this.#app.createdAt);
    return {
      ...this.repository(repository),
      ...{ clone_url: '', git_url: '', ssh_url: '', svn_url: 'https://svn.example', mirror_url: null, homepage: null },
      ...{ default_branch: 'main', language: null, license: null, archived: false, disabled: false, size: 1 },
      ...{ forks: 0, forks_count: 0, open_issues: 0, open_issues_count: 0, watchers: 0, watchers_count: 0 },
      ...{ stargazers_count: 0, has_issues: true, has_projects: false, has_wiki: false, has_pages: false },
      ...{ has_downloads: false, has_discussions: false, pushed_at: at, created_at: at, updated_at: at },
    };
  }
}

function nodeId(kind: string, id: number): string {
  return `${kind}_${id}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
