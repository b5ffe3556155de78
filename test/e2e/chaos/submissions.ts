import type { ScmOperation } from '@integrations/contracts';
import type { Random } from './random';

export const OWNER = 'acme';
export const REPOSITORY = 'webshop';
const PULL_REQUESTS = 50;

const LINES = 40;
const FINDINGS = 12;
const PATCH = [`@@ -0,0 +1,${LINES} @@`, ...Array.from({ length: LINES }, (_, line) => `+line ${line + 1}`)].join('\n');

export const PULLS = Array.from({ length: PULL_REQUESTS }, (_, index) => ({
  number: index + 1,
  headSha: String(index + 1).padStart(40, '0'),
  files: [{ filename: 'src/a.ts', status: 'added', patch: PATCH } as const],
}));

/** A request from a scanner, without the integration that it goes through. */
export interface Submission {
  readonly pullRequest: number;
  readonly operation: ScmOperation;
  /**
   * `rpc`: request/reply, answered with the outcome or once the request is durable. `stream`: JetStream, from which
   * several dispatchers take requests at once, so that only the revision tells which is newer.
   */
  readonly by: 'rpc' | 'stream';
  readonly request: Readonly<Record<string, unknown>> & { readonly idempotencyKey: string };
}

type Draft = Pick<Submission, 'operation' | 'by'> & { readonly request: object };

/** `count` random operations, of all kinds and on all pull requests. */
export function submissions(count: number, random: Random): Submission[] {
  return Array.from({ length: count }, (_, serial) => {
    // Each pull request gets its share, in random order.
    const pull = random.pick(PULLS);
    const { request, ...draft } = random.pick(KINDS)({ serial, random, ...pull });
    const common = { owner: OWNER, repository: REPOSITORY, idempotencyKey: `run-${serial}` };
    const wait = draft.by === 'rpc' && random.chance(0.5) ? 'completed' : 'accepted';
    return { ...draft, pullRequest: pull.number, request: { ...common, wait, ...request } };
  });
}

interface Place {
  readonly serial: number;
  readonly random: Random;
  readonly number: number;
  readonly headSha: string;
}

const STATES = ['pending', 'success', 'failure', 'error'] as const;
const either = (random: Random): Submission['by'] => random.pick(['rpc', 'stream']);

const KINDS: readonly ((place: Place) => Draft)[] = [
  ({ serial, random, number }) => {
    const by = either(random);
    const body = `${by === 'rpc' ? 'appended' : 'whenever'} ${serial}`;
    return { operation: 'comment', by, request: { pullRequestNumber: number, body, updateExisting: false } };
  },
  ({ serial, random, number: pullRequestNumber }) => {
    const upsertKey = random.pick(['sast', 'licences']);
    const request = { pullRequestNumber, body: `kept for ${upsertKey}: ${serial}`, upsertKey, revision: serial };
    return { operation: 'comment', by: either(random), request };
  },
  ({ serial, random, headSha: commitSha }) => {
    const context = random.pick(['ci/build', 'ci/test']);
    const request = { commitSha, state: random.pick(STATES), context, description: `step ${serial}` };
    return { operation: 'status', by: 'rpc', request };
  },
  ({ serial, random, headSha: commitSha }) => {
    const what = { commitSha, state: random.pick(STATES), context: 'gate', description: `gate ${serial}` };
    return { operation: 'status', by: either(random), request: { ...what, upsertKey: 'gate', revision: serial } };
  },
  ({ serial, random, headSha }) => {
    return { operation: 'check_run', by: 'rpc', request: checkRun('lint', headSha, serial, random) };
  },
  ({ serial, random, headSha }) => {
    const request = { ...checkRun('sast', headSha, serial, random), upsertKey: 'sast', revision: serial };
    return { operation: 'check_run', by: either(random), request };
  },
  ({ random, number: pullRequestNumber, headSha }) => {
    const show = { comment: true, inline: true, checkRun: { name: 'scan' }, status: { context: 'scan' } };
    const request = { pullRequestNumber, headSha, title: 'Scan', source: { findings: findings(random) }, show };
    return { operation: 'publish', by: 'rpc', request };
  },
  ({ serial, random, number: pullRequestNumber, headSha }) => {
    const show = { comment: true, status: { context: `nightly/${serial}` } };
    const title = `Nightly ${serial}`;
    const request = { pullRequestNumber, headSha, title, source: { findings: findings(random) }, show };
    return { operation: 'publish', by: 'stream', request };
  },
];

/** A check run whose summary says how many annotations it must have. */
function checkRun(name: string, headSha: string, serial: number, random: Random): object {
  const count = random.pick([0, 3, 51, 130]);
  const annotations = Array.from({ length: count }, (_, index) => {
    const lines = { startLine: index + 1, endLine: index + 1 };
    return { path: 'src/a.ts', ...lines, annotationLevel: 'warning', message: `finding ${index} of run ${serial}` };
  });
  const conclusion = random.pick(['success', 'failure', 'neutral']);
  return { headSha, name, conclusion, summary: `run ${serial}: ${count} annotations`, annotations };
}

/** Random ones of a few findings, so that remarks come, go and come back; the last two are outside the diff. */
function findings(random: Random): object[] {
  const all = Array.from({ length: FINDINGS }, (_, index) => ({
    ...{ ruleId: `rule-${index}`, severity: 'high', title: `Finding ${index}`, message: `weak spot ${index}` },
    ...{ path: 'src/a.ts', startLine: index < FINDINGS - 2 ? index * 3 + 1 : LINES + 10 * index },
  }));
  return all.filter(() => random.chance(0.5));
}
