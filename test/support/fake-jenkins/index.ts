import { type Answer, HttpAnswer } from '../fake-vendor/answer';
import type { LoggedRequest } from '../fake-vendor/faults';
import { VendorServer } from '../fake-vendor/server';
import { shown } from './tree';

export const USER = 'mona';
export const SECRET = '11f0e1d2c3b4a5968778695a4b3c2d1e0f';
export const MAIN = 'shop/main';
export const COMMIT = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';

/** An entry of a Jenkins folder; with `jobs` if it is a folder itself. */
export interface FakeItem {
  readonly _class: string;
  readonly fullName: string;
  readonly url: string;
  readonly buildable?: boolean;
  readonly jobs?: FakeItem[];
  readonly allBuilds?: object[];
}

/** Jenkins below the context path `/jenkins`. */
export class FakeJenkins extends VendorServer {
  /** The top-level items. */
  jobs: FakeItem[] = [];
  quietingDown = false;
  starting = false;
  /** The user that the credential authenticates; null if the credential does not get through. */
  principal: string | null = USER;
  granted = ['hudson.model.Hudson.Read'];

  private constructor() {
    super({ errorType: 'text/html', basePath: '/jenkins' });
  }

  static async start(): Promise<FakeJenkins> {
    const jenkins = new FakeJenkins();
    await jenkins.listen();
    const shop = jenkins.folder(
      'shop',
      ['main', 'feature%2Fcart'].map((branch) => jenkins.branch(branch)),
    );
    jenkins.jobs = [jenkins.job('backup', { buildable: false }), shop, jenkins.job('nightly')];
    return jenkins;
  }

  job(fullName: string, { buildable = true, allBuilds = [] as object[] } = {}): FakeItem {
    const _class = 'org.jenkinsci.plugins.workflow.job.WorkflowJob';
    return { _class, fullName, url: `${this.url}${pathOf(fullName)}/`, buildable, allBuilds };
  }

  folder(fullName: string, jobs: FakeItem[]): FakeItem {
    const _class = 'com.cloudbees.hudson.plugins.folder.Folder';
    return { _class, fullName, url: `${this.url}${pathOf(fullName)}/`, jobs };
  }

  branch(name: string): FakeItem {
    const builds = [1, 2, 3].map((number) => build(`${this.url}${pathOf(`shop/${name}`)}`, number));
    return this.job(`shop/${name}`, { allBuilds: builds.toReversed() });
  }

  protected override standardHeaders(): Record<string, string> {
    return { 'x-jenkins': '2.479.3', 'x-hudson': '1.395' };
  }

  protected answer({ method, path, headers }: LoggedRequest, url: URL): Answer {
    if (this.starting) throw new HttpAnswer(503, '<html><h1>Jenkins is getting ready to work</h1></html>');
    if (method !== 'GET') throw new HttpAnswer(405, '<html>POST</html>');
    const expected = `Basic ${Buffer.from(`${USER}:${SECRET}`).toString('base64')}`;
    if (headers['authorization'] !== expected) throw new HttpAnswer(401, '<html>Invalid password/token</html>');
    const [, thing] = /^(.*)\/api\/json$/.exec(path) ?? [];
    const tree = url.searchParams.get('tree');
    if (thing === undefined || tree === null) throw new HttpAnswer(500, `unexpected: ${path}`);
    return { status: 200, body: shown(this.#thing(thing), tree) };
  }

  #thing(path: string): unknown {
    if (path === '/whoAmI') return this.#whoAmI();
    this.#demand('hudson.model.Hudson.Read');
    if (path === '/pluginManager') {
      this.#demand('hudson.model.Hudson.SystemRead');
      return { _class: 'hudson.LocalPluginManager', plugins: [{ _class: 'hudson.PluginWrapper', shortName: 'git' }] };
    }
    const root: FakeItem | { quietingDown: boolean } = {
      ...{ _class: 'hudson.model.Hudson', fullName: '', url: this.url, quietingDown: this.quietingDown },
      jobs: this.jobs,
    };
    if (path === '') return root;
    const found = everyItem(this.jobs).find(({ fullName }) => pathOf(fullName) === path);
    if (!found) throw new HttpAnswer(404, '<html>Not Found</html>');
    return found;
  }

  #whoAmI(): object {
    const anonymous = this.principal === null;
    return {
      ...{ _class: 'hudson.security.WhoAmI', anonymous, authenticated: true, name: this.principal ?? 'anonymous' },
      authorities: ['authenticated'],
    };
  }

  #demand(permission: string): void {
    if (this.granted.includes(permission)) return;
    throw new HttpAnswer(403, `<html>${USER} is missing a permission</html>`, {
      ...{ 'x-you-are-authenticated-as': USER, 'x-required-permission': permission },
      'x-permission-implied-by': 'hudson.model.Hudson.Administer',
    });
  }
}

/** A successful build. Build 3 is of `COMMIT`; each other build has its own commit. */
export function build(job: string, number: number, changes: object = {}): object {
  const SHA1 = number === 3 ? COMMIT : String(number).repeat(40);
  return {
    ...{ _class: 'org.jenkinsci.plugins.workflow.job.WorkflowRun', number, displayName: `#${number}` },
    ...{ url: `${job}/${number}/`, building: false, result: 'SUCCESS', duration: 61_500 },
    timestamp: Date.UTC(2026, 0, 5, 10, number),
    actions: [{ _class: 'hudson.model.CauseAction' }, {}, checkout(SHA1, 'refs/remotes/origin/main')],
    ...changes,
  };
}

/** The data that the git plugin adds to a build. */
export function checkout(SHA1: string, name: string): object {
  const branch = [{ SHA1, name }];
  return {
    ...{ _class: 'hudson.plugins.git.util.BuildData', scmName: '', lastBuiltRevision: { SHA1, branch } },
    remoteUrls: ['https://x:hidden@git.example.com/acme/shop.git'],
  };
}

function pathOf(fullName: string): string {
  return fullName.replace(/[^/]+/g, (name) => `job/${encodeURIComponent(name)}`).replace(/^/, '/');
}

function everyItem(items: readonly FakeItem[]): FakeItem[] {
  return items.flatMap((item) => [item, ...everyItem(item.jobs ?? [])]);
}
