import type {
  PublishedItem,
  PublishedPart,
  ScmCheckRunResponse,
  ScmCommentResponse,
  ScmPublishResponse,
  ScmStatusResponse,
  Truncation,
} from '@integrations/contracts';
import type { Composition, Finding, ScanReport, Summary } from '@integrations/payload-builder';
import type { InlineCommentsResponse, InlineOutcome } from '@integrations/provider-kit';
import type { Part } from './part';

/** The results of a publish request; null for parts that it did not ask for. */
export interface Done {
  readonly report: ScanReport;
  readonly composition: Composition;
  readonly checkRun: Part<ScmCheckRunResponse> | null;
  /** Why only the conclusion of the check run is visible; null if more is. */
  readonly hidden: string | null;
  readonly status: Part<ScmStatusResponse> | null;
  readonly inline: Part<InlineCommentsResponse> | null;
  readonly comment: Part<ScmCommentResponse> | null;
  readonly summary: Summary | null;
}

const MAX_ITEMS = 500;

export function responseOf(done: Done): ScmPublishResponse {
  const { report, composition, checkRun, status, inline, comment } = done;
  const { builder } = composition;
  const shown = [comment, checkRun, status, inline].flatMap((part) => (part ? [part.shown] : []));
  const { findings } = report;
  const itemOf = itemsOf(done);
  return {
    outcome: overall(shown),
    conclusion: builder.conclusion,
    url: shown.find(({ url }) => url !== null)?.url ?? null,
    counts: builder.counts,
    suppressed: report.suppressed,
    changes: builder.changes?.counts ?? null,
    checkRun: checkRun?.shown ?? null,
    status: status?.shown ?? null,
    comment: comment?.shown ?? null,
    inline: inline?.shown ?? null,
    items: findings.slice(0, MAX_ITEMS).map(itemOf),
    itemsLeftOut: Math.max(0, findings.length - MAX_ITEMS),
    truncated: truncatedOf(done),
  };
}

/** The outcome of all remarks together. */
export function inlineOutcome({ comments, outdated }: InlineCommentsResponse): 'created' | 'updated' | 'unchanged' {
  if (comments.some(({ outcome }) => outcome === 'created')) return 'created';
  return outdated > 0 || comments.some(({ outcome }) => outcome === 'updated') ? 'updated' : 'unchanged';
}

function overall(parts: readonly PublishedPart[]): ScmPublishResponse['outcome'] {
  const outcomes = ['created', 'updated', 'unchanged'] as const;
  return outcomes.find((outcome) => parts.some((part) => part.outcome === outcome)) ?? 'skipped';
}

function itemsOf({
  composition,
  checkRun,
  hidden,
  inline,
  comment,
  summary,
}: Done): (finding: Finding) => PublishedItem {
  const remarks = new Map<string, InlineOutcome>(inline?.response?.comments.map((one) => [one.fingerprint, one]));
  const run = checkRun?.response && hidden === null ? composition.checkRun?.payload : undefined;
  const listed = comment?.response ? summary?.listed : undefined;
  return (finding) => {
    const { fingerprint, ruleId, severity, path, startLine: line } = finding;
    const about = { fingerprint, ruleId, severity, path, line };
    const remark = remarks.get(fingerprint);
    const reason = remark?.reason ?? inline?.shown.reason ?? null;
    if (remark?.placed) return { ...about, outcome: remark.placed, url: remark.url, reason: remark.reason };
    if (run?.annotated.has(fingerprint)) {
      return { ...about, outcome: 'annotation', url: checkRun?.shown.url ?? null, reason };
    }
    if (listed?.has(fingerprint)) return { ...about, outcome: 'summary', url: comment?.shown.url ?? null, reason };
    if (run?.listed.has(fingerprint)) return { ...about, outcome: 'summary', url: checkRun?.shown.url ?? null, reason };
    return {
      ...about,
      outcome: 'dropped',
      url: null,
      reason: reason ?? hidden ?? 'no posted part has room for it',
    };
  };
}

function truncatedOf({ composition, checkRun, status, comment, summary }: Done): Truncation[] {
  const ours = [
    summary?.truncation,
    composition.status?.truncation,
    ...(composition.checkRun?.payload.truncated ?? []),
  ];
  const vendors = [checkRun, status, comment].flatMap((part) => part?.response?.truncated ?? []);
  return [...ours.filter((one) => one !== null && one !== undefined), ...vendors];
}
