import {
  type AnnotationLevel,
  type FailOn,
  type ScmCheckRunAnnotation,
  type Severity,
  type Truncation,
} from '@integrations/contracts';
import { type AnnotationLimits, type InlineComment, truncate, truncateLine } from '@integrations/provider-kit';
import { type Changes, compareRuns } from './changes';
import type { Finding, ScanReport } from './finding';
import { COMMON_LIMITS } from './limits';
import { detailOf, remarkOf } from './render/detail';
import { Page } from './render/page';
import { ellipsisOf, type Style } from './render/style';
import { type Summary, summaryOf, type Unplaced } from './render/summary';
import { conclude, countBySeverity, describeCounts, describeErrorsMet, LEVELS, type SeverityCounts } from './severity';
import { createClean, createRedact } from './text/clean';
import { plain } from './text/plain';

export interface PayloadOptions {
  readonly title: string;
  readonly limits?: AnnotationLimits | undefined;
  readonly failOn?: FailOn | undefined;
  readonly severityLevels?: Partial<Record<Severity, AnnotationLevel>> | undefined;
  readonly ascii?: boolean | undefined;
  readonly sourceUrl?: string | undefined;
  /** The fingerprints of the previous run; null if there was none. */
  readonly previous?: ReadonlySet<string> | null | undefined;
  /** Removes known secrets from texts. Tokens of well-known formats are always removed. */
  readonly scrub?: ((text: string) => string) | undefined;
}

export interface CheckRunPayload {
  readonly summary: string;
  readonly text: string | undefined;
  readonly annotations: readonly ScmCheckRunAnnotation[];
  /** Fingerprints of the findings shown as annotations. */
  readonly annotated: ReadonlySet<string>;
  /** Fingerprints of the findings shown in the summary or the text. */
  readonly listed: ReadonlySet<string>;
  readonly truncated: readonly Truncation[];
}

/**
 * Renders a report. The same findings give the same texts, whatever their order in the source. Every text keeps to the
 * vendor's limits, and says what it leaves out.
 */
export class PayloadBuilder {
  readonly counts: SeverityCounts;
  readonly conclusion: 'success' | 'failure';
  readonly changes: Changes | null;
  readonly #limits: AnnotationLimits;
  readonly #style: Style;

  constructor(
    private readonly report: ScanReport,
    private readonly options: PayloadOptions,
  ) {
    const { limits = COMMON_LIMITS, ascii = false, scrub = (text) => text, sourceUrl = null } = options;
    this.counts = countBySeverity(report.findings);
    this.conclusion = conclude(this.counts, report, options.failOn);
    this.changes = compareRuns(report, options.previous ?? null);
    this.#limits = limits;
    this.#style = { clean: createClean({ scrub, ascii }), redact: createRedact(scrub), ascii, sourceUrl };
  }

  /** True if the scan did not complete, so a finding may exist although it is not reported. */
  get incomplete(): boolean {
    return this.report.incomplete;
  }

  /** URL of the full result, if given. */
  get reportUrl(): string | undefined {
    return this.report.evidence.reportUrl;
  }

  /** `2 critical, 1 low; 1 new`. */
  status(): { state: 'success' | 'failure'; description: string; truncation: Truncation | null } {
    const { incomplete, errors } = this.report;
    const counted = describeCounts(this.counts) || 'No findings';
    const found = incomplete
      ? `Scan incomplete: ${counted}`
      : [counted, describeErrorsMet(errors)].filter(Boolean).join(', ');
    const { truncation, text } = this.#line(
      this.changes ? `${found}; ${this.changes.counts.new} new, ${this.changes.counts.fixed} fixed` : found,
      { ...this.#limits.statusDescription, field: 'status.description' },
    );
    return { state: this.conclusion, description: text, truncation };
  }

  /** `unplaced`: findings that could not be shown as inline remarks. */
  comment(unplaced: readonly Unplaced[] = []): Summary {
    return this.#summary(unplaced, { size: this.#limits.comment, field: 'comment.findings' });
  }

  checkRun(): CheckRunPayload {
    const { findings } = this.report;
    const {
      text: summary,
      listed,
      truncation,
    } = this.#summary([], { size: this.#limits.summary, field: 'checkRun.findings' });
    const detailed = this.#details();
    const placed = findings.filter(({ path }) => path !== null);
    const shown = placed.slice(0, this.#limits.annotations);
    return {
      summary,
      text: detailed.text,
      annotations: shown.map((finding) => this.#annotation(finding)),
      annotated: new Set(shown.map(({ fingerprint }) => fingerprint)),
      listed: new Set([...listed, ...detailed.listed]),
      truncated: [
        ...(truncation ? [truncation] : []),
        ...leftOut('checkRun.details', findings.length, detailed.listed.size),
        ...leftOut('checkRun.annotations', placed.length, shown.length),
      ],
    };
  }

  /** Inline comments for the most severe findings that have a line, at most `max`. */
  inlineComments(max: number): { comments: readonly InlineComment[]; findings: readonly Finding[] } {
    const findings = this.report.findings
      .filter(({ path, startLine }) => path !== null && startLine !== null)
      .slice(0, max);
    return { findings, comments: findings.map((finding) => this.#inlineComment(finding)) };
  }

  #summary(unplaced: readonly Unplaced[], where: { size: AnnotationLimits['comment']; field: string }): Summary {
    const { report, counts, conclusion, changes } = this;
    return summaryOf({ title: this.options.title, report, counts, conclusion, changes, unplaced }, this.#style, where);
  }

  /** Details of the most severe findings, as many as fit; undefined if there are no details. */
  #details(): { text: string | undefined; listed: ReadonlySet<string> } {
    const { findings } = this.report;
    const note = '\n\n_Details of further findings are left out for lack of space._';
    const page = new Page(this.#limits.text);
    page.reserve(note);
    const listed = new Set<string>();
    for (const finding of findings) {
      const separator = listed.size === 0 ? '' : '\n\n---\n\n';
      if (!page.add(separator + detailOf(finding, this.#style))) {
        page.force(note);
        break;
      }
      listed.add(finding.fingerprint);
    }
    return { text: findings.length === 0 ? undefined : page.toString(), listed };
  }

  #annotation({ path, startLine, endLine, severity, title, message, ruleId }: Finding): ScmCheckRunAnnotation {
    const { annotationMessage, annotationTitle } = this.#limits;
    const heading = title === ruleId ? ruleId : `${ruleId}: ${title}`;
    return {
      path: path ?? '',
      // Vendors require a line, so an annotation of a whole file goes on its first line.
      startLine: startLine ?? 1,
      endLine: endLine ?? 1,
      annotationLevel: this.options.severityLevels?.[severity] ?? LEVELS[severity],
      message: this.#text(this.#plain(message).trim(), annotationMessage) || 'no message',
      title: this.#line(this.#plain(heading), { ...annotationTitle, field: 'title' }).text,
    };
  }

  #inlineComment(finding: Finding): InlineComment {
    const { fingerprint, path, startLine, endLine } = finding;
    const body = this.#text(remarkOf(finding, this.#style), this.#limits.inlineComment);
    return { fingerprint, path: path ?? '', startLine: startLine ?? 1, endLine: endLine ?? startLine ?? 1, body };
  }

  #plain(text: string): string {
    return plain(this.#style.clean(text), this.#style);
  }

  #text(text: string, size: AnnotationLimits['comment']): string {
    return truncate(text, { ...size, field: 'message', note: '(cut off here)' }).text;
  }

  /** Replaces the kit's ellipsis, which is not ASCII, in ASCII mode. */
  #line(text: string, limit: AnnotationLimits['comment'] & { field: string }) {
    const cutLine = truncateLine(text, { ...limit, max: this.#style.ascii ? limit.max - 2 : limit.max });
    return { ...cutLine, text: this.#style.ascii ? cutLine.text.replace(/…$/, ellipsisOf(this.#style)) : cutLine.text };
  }
}

function leftOut(field: string, was: number, now: number): Truncation[] {
  return was > now ? [{ field, was, now, unit: 'items' }] : [];
}
