import type {
  FakeCheckRun,
  FakeComment,
  FakeGitHub,
  FakeReviewComment,
  FakeStatus,
} from '../../support/fake-github/index.ts';
import { OWNER, PULLS, REPOSITORY } from './submissions';

/**
 * What GitHub holds, by pull request, without what differs between two runs of the same requests: ids, times, markers
 * that name operations, and whatever was posted only because nothing newer was waiting yet.
 */
export function stateOf(github: FakeGitHub): object {
  return Object.fromEntries(PULLS.map(({ number, headSha }) => [number, stateOfPull(github, number, headSha)]));
}

function stateOfPull(github: FakeGitHub, number: number, sha: string): object {
  const bodies = github.comments(OWNER, REPOSITORY, number).map(textOf);
  const statuses = github.statuses(OWNER, REPOSITORY, sha);
  const runs = github.checkRuns(OWNER, REPOSITORY, sha);
  const isAppended = (body: string) => body.startsWith('appended');
  return {
    // In the order of the requests.
    appended: bodies.filter(isAppended),
    ofTheCommit: inOrder(
      statuses.filter(({ context }) => context.startsWith('ci/')),
      runs.filter(({ name }) => name === 'lint'),
    ),
    // Parts of one operation: if one fails transiently, the other is posted first.
    scanStatuses: statuses.filter(({ context }) => context === 'scan').map(statusLine),
    scanRuns: runs.filter(({ name }) => name === 'scan').map(runLine),
    // In any order.
    otherComments: bodies.filter((body) => !isAppended(body)).sort(),
    nightly: statuses
      .filter(({ context }) => context.startsWith('nightly/'))
      .map(statusLine)
      .sort(),
    remarks: github.pull(OWNER, REPOSITORY, number).reviewComments.map(remarkLine).sort(),
    // Only the newest: how many came before it is random.
    gate: statuses
      .filter(({ context }) => context === 'gate')
      .slice(-1)
      .map(statusLine),
    sast: runs
      .filter(({ name }) => name === 'sast')
      .slice(-1)
      .map(runLine),
  };
}

/**
 * Check runs that do not have exactly the annotations that their summary promises, each once. Only a check run whose
 * key a newer one took between two attempts may have been cancelled with fewer.
 */
export function brokenRuns(github: FakeGitHub): string[] {
  const runs = PULLS.flatMap(({ headSha }) => github.checkRuns(OWNER, REPOSITORY, headSha));
  return runs
    .filter(({ name, status, conclusion, output, annotations }) => {
      const promised = /: (\d+) annotations$/.exec(output.summary ?? '')?.[1];
      const messages = annotations.map(({ message }) => message);
      const wasOvertaken = name === 'sast' && conclusion === 'cancelled';
      const isWhole = wasOvertaken || promised === undefined || Number(promised) === messages.length;
      return status !== 'completed' || !isWhole || new Set(messages).size !== messages.length;
    })
    .map(runLine);
}

/** By id, which GitHub assigns in the order of creation. */
function inOrder(statuses: readonly FakeStatus[], runs: readonly FakeCheckRun[]): string[] {
  const all = [
    ...statuses.map((status) => ({ id: status.id, line: statusLine(status) })),
    ...runs.map((run) => ({ id: run.id, line: runLine(run) })),
  ];
  return all.sort((a, b) => a.id - b.id).map(({ line }) => line);
}

function textOf({ body }: FakeComment): string {
  return body.replaceAll(/\s*<!--[^>]*-->/g, '');
}

function statusLine({ context, state, description }: FakeStatus): string {
  return `${context} ${state}: ${description}`;
}

function runLine({ name, external_id, status, conclusion, output, annotations }: FakeCheckRun): string {
  const messages = annotations.map(({ message }) => message).join();
  return `${name} ${external_id} ${status} ${conclusion}: ${output.summary} [${messages}]`;
}

function remarkLine({ path, line, subjectType, isResolved, body }: FakeReviewComment): string {
  return `${path}:${line} ${subjectType} ${isResolved ? 'resolved' : 'open'}: ${body}`;
}
