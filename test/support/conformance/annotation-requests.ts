import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import { checkRunMarker, markerOf, type PullRequestRef, remarkSet } from '@integrations/provider-kit';
import { UPSERT_KEY } from './actions';
import type { SampleRequests } from './subject';

/** The name of the sample's check run and the context of its status. */
const NAME = 'sast';

/** A request of each kind, for a pull request whose file `a.ts` accepts remarks on its first lines. */
export function annotationRequests(
  { headSha, ...pull }: PullRequestRef & { readonly headSha: string },
  { annotations = 2, remarks = 2 } = {},
) {
  const { owner, repository } = pull;
  return {
    comment: Object.assign(new ScmCommentRequest(), { ...pull, body: 'All good.' }),
    status: Object.assign(new ScmStatusRequest(), {
      ...{ owner, repository, commitSha: headSha },
      ...{ state: 'success', context: NAME },
    }),
    check_run: Object.assign(new ScmCheckRunRequest(), {
      ...{ owner, repository, headSha, name: NAME, conclusion: 'failure', summary: 'Some findings.' },
      annotations: lines(annotations).map((line) => ({
        ...{ path: 'a.ts', startLine: line, endLine: line + 1 },
        ...{ annotationLevel: 'warning', message: `Look at ${line}.` },
      })),
    }),
    inline_comments: {
      ...{ ...pull, headSha, outdated: 'resolve' },
      comments: lines(remarks).map((line) => ({
        ...{ fingerprint: `f${line}`, path: 'a.ts', startLine: line, endLine: line, body: 'Look here.' },
      })),
    },
    pull_request: pull,
  } satisfies SampleRequests;
}

/**
 * Counts the bodies at a vendor that belong to the sample's check run, where the vendor shows it as a status with a comment
 * and remarks. They count as part of the check run; a duplicate does not.
 */
export function partsOfCheckRun(bodies: readonly string[]): number {
  const { group } = remarkSet('check_run', UPSERT_KEY, []);
  const summary = checkRunMarker(NAME, UPSERT_KEY);
  const markers = bodies.map((body) => markerOf(body) ?? '');
  return new Set(markers.filter((marker) => marker.startsWith(group) || marker === summary)).size;
}

function lines(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
