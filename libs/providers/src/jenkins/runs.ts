import { type Page, type PipelineRun, type RunConclusion, SHA_PATTERN } from '@integrations/contracts';
import { foreignCursor, ProviderError, type RunsQuery, utcTime, webUrl } from '@integrations/provider-kit';
import { jobPath, type JenkinsClient } from './client';

/** One of the repositories that a build checked out, as the git plugin reports it. */
interface Checkout {
  readonly commit: string;
  readonly branch: string | null;
}

/** Builds of a job from index `from`, newest first, with numbers less than `below`: newer builds may have begun. */
interface Window {
  readonly from: number;
  readonly below: number;
}

const NEWEST: Window = { from: 0, below: Infinity };
/** Maximum number of calls for one page of ours. */
const MAX_CALLS = 5;
/** Builds that are searched per call for a commit: Jenkins reads each of them from disk. */
const BUILDS_PER_SEARCH = 50;
const FIELDS =
  'number,displayName,url,building,result,timestamp,duration,actions[lastBuiltRevision[SHA1,branch[name]]]';
const WINDOW = /^(\d{1,9})\.(\d{1,15})$/;

// https://javadoc.jenkins.io/hudson/model/Result.html
const CONCLUSIONS: Readonly<Record<string, RunConclusion>> = {
  SUCCESS: 'success',
  UNSTABLE: 'partial',
  FAILURE: 'failure',
  NOT_BUILT: 'skipped',
  ABORTED: 'cancelled',
};

/** The builds of one job. A queued item is not a build yet. */
export async function listRuns(
  client: JenkinsClient,
  query: RunsQuery,
  signal: AbortSignal,
): Promise<Page<PipelineRun>> {
  const { pipeline, repository, commit, limit, cursor } = query;
  if (repository !== null)
    throw new ProviderError('invalid_request', 'repository: Jenkins lists builds by job; name the job in pipeline');
  if (pipeline === null)
    throw new ProviderError('invalid_request', 'pipeline: is required, because Jenkins lists builds by job');
  const builds = new Builds(client, { pipeline, commit, size: commit === null ? limit : BUILDS_PER_SEARCH });
  const items: PipelineRun[] = [];
  let at: Window | null = cursor === null ? NEWEST : decodeCursor(cursor);
  for (let calls = 0; at !== null && items.length < limit && calls < MAX_CALLS; calls++) {
    const { runs, next } = await builds.at(at, limit - items.length, signal);
    items.push(...runs);
    at = next;
  }
  return { items, nextCursor: at && `${at.from}.${at.below}` };
}

class Builds {
  constructor(
    readonly client: JenkinsClient,
    readonly of: { readonly pipeline: string; readonly commit: string | null; readonly size: number },
  ) {}

  /** Up to `room` matching builds, and where the list continues. */
  async at(
    { from, below }: Window,
    room: number,
    signal: AbortSignal,
  ): Promise<{ readonly runs: PipelineRun[]; readonly next: Window | null }> {
    const { pipeline, commit, size } = this.of;
    // `builds` would end after a hundred.
    const tree = `allBuilds[${FIELDS}]{${from},${from + size}}`;
    const { data } = await this.client.ask(jobPath(pipeline), tree, signal);
    const { allBuilds } = data as { readonly allBuilds?: unknown };
    if (!Array.isArray(allBuilds)) throw new ProviderError('not_found_or_no_access', `${pipeline} is not a job`);
    const all = allBuilds.flatMap((build) => this.#runOf((build ?? {}) as Record<string, unknown>));
    const wanted = all.filter((run) => Number(run.id) < below && (commit === null || run.commit === commit));
    const runs = wanted.slice(0, room);
    const last = wanted.length > room ? runs.at(-1) : undefined;
    if (last) return { runs, next: { from: from + all.indexOf(last) + 1, below: Number(last.id) } };
    return { runs, next: allBuilds.length < size ? null : { from: from + size, below: Number(all.at(-1)?.id ?? 0) } };
  }

  #runOf(build: Record<string, unknown>): PipelineRun[] {
    const { number, displayName, building, result, timestamp, duration } = build;
    if (typeof number !== 'number') return [];
    const isOver = building === false;
    const checkouts = checkoutsIn(build['actions']);
    // A build may check out several repositories, such as its pipeline's library, and belongs to the commit of each.
    const checkout = checkouts.find(({ commit }) => commit === this.of.commit) ?? checkouts[0];
    const began = typeof timestamp === 'number' ? utcTime(timestamp) : null;
    return [
      {
        ...{ id: String(number), pipelineId: this.of.pipeline },
        name: typeof displayName === 'string' && displayName !== '' ? displayName : `#${number}`,
        status: isOver ? 'completed' : 'running',
        conclusion: isOver ? (CONCLUSIONS[String(result)] ?? null) : null,
        ...{ branch: checkout?.branch ?? null, commit: checkout?.commit ?? null },
        ...{ createdAt: began, startedAt: began },
        finishedAt: isOver && began && typeof duration === 'number' ? utcTime(Date.parse(began) + duration) : null,
        url: webUrl(build['url']),
      },
    ];
  }
}

function checkoutsIn(actions: unknown): Checkout[] {
  if (!Array.isArray(actions)) return [];
  return actions.flatMap((action) => {
    const { SHA1, branch } = (action?.lastBuiltRevision ?? {}) as Record<string, unknown>;
    if (typeof SHA1 !== 'string' || !SHA_PATTERN.test(SHA1)) return [];
    const name = Array.isArray(branch) ? branch[0]?.name : undefined;
    return [{ commit: SHA1, branch: typeof name === 'string' ? branchIn(name) : null }];
  });
}

/** From `refs/remotes/origin/main` or `origin/main`; `detached` if the build checked out a commit. */
function branchIn(name: string): string | null {
  return name === 'detached' ? null : name.replace(/^(?:refs\/heads\/|refs\/remotes\/[^/]+\/|origin\/)/, '');
}

function decodeCursor(cursor: string): Window {
  const [, from, below] = WINDOW.exec(cursor) ?? [];
  if (below === undefined) throw foreignCursor();
  return { from: Number(from), below: Number(below) };
}
