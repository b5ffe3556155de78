import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
} from 'class-validator';
import { ScmFinding } from './findings';
import { AreNested, HasExactlyOne, HasSome, IsDocument, IsNested, IsWebUrl } from './rules';
import {
  ANNOTATION_LEVELS,
  type AnnotationLevel,
  MAX_ANNOTATIONS,
  ScmRequest,
  SHA_MESSAGE,
  SHA_PATTERN,
} from './scm-requests';
import { ScmEvidence, StellaScan } from './stella-scan';
import { OUTDATED_POLICIES, type OutdatedPolicy } from './vocabulary';

const FAIL_ON = ['critical', 'high', 'medium', 'low', 'info', 'never'] as const;
export type FailOn = (typeof FAIL_ON)[number];

const SKIP_POLICIES = ['skip', 'post'] as const;
export type SkipPolicy = (typeof SKIP_POLICIES)[number];

/** The most inline remarks that one request may ask for. */
const MAX_INLINE = 100;

/** The findings of a scanner, in exactly one of four formats. */
export class ScmPublishSource {
  /** Findings in our own format. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_ANNOTATIONS)
  @AreNested(() => ScmFinding)
  findings?: ScmFinding[];

  /** A SARIF 2.1.0 log. Parts that are not shown are not validated. At most 10,000 results over all its runs. */
  @IsOptional()
  @IsDocument()
  sarif?: object;

  /** A `DiagnosticResult` in reviewdog's Diagnostic Format. */
  @IsOptional()
  @IsDocument()
  rdjson?: object;

  /** The result of a Stella scan. */
  @IsOptional()
  @IsNested(() => StellaScan)
  stella?: StellaScan;

  /**
   * The scanner's checkout directory, such as `/home/runner/work/shop/shop`. SARIF and rdjson may use paths below it.
   */
  @IsOptional()
  @IsString()
  @MaxLength(4_096)
  root?: string;
}

/** A check run that shows the findings as annotations. */
export class ScmPublishCheckRun {
  /** Name of the run, which tells it from the commit's other runs. */
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  name: string;
}

/** A commit status that shows whether the scan passed. */
export class ScmPublishStatus {
  /** Name of the status, which tells it from the commit's other statuses. */
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  context: string;

  /** The page that the status links to. */
  @IsOptional()
  @IsWebUrl()
  @MaxLength(2_000)
  targetUrl?: string;
}

/** Where to show the findings: at least one place. `comment` and `inline` need `pullRequestNumber`. */
export class ScmPublishShow {
  /** A comment with the summary, which later runs update. */
  @IsBoolean()
  comment: boolean = false;

  /** Remarks on lines of the diff for the most severe findings. Findings outside the diff are listed in the summary. */
  @IsBoolean()
  inline: boolean = false;

  /** A check run on the commit, with the findings as annotations. */
  @IsOptional()
  @IsNested(() => ScmPublishCheckRun)
  checkRun?: ScmPublishCheckRun;

  /** A commit status, which tells whether the scan passed. */
  @IsOptional()
  @IsNested(() => ScmPublishStatus)
  status?: ScmPublishStatus;
}

/**
 * What to do if the pull request is closed, a draft, locked or has a newer head, and with outdated remarks. `skip`
 * posts nothing to the conversation. The commit's check run and status are still set, so that a required check never
 * hangs.
 */
export class ScmPublishPolicies {
  /**
   * What to do with inline remarks of an earlier run that this run does not repeat. This includes remarks that stand in
   * for annotations of a check run.
   */
  @IsIn(OUTDATED_POLICIES)
  outdated: OutdatedPolicy = 'resolve';

  /** For a closed pull request. A merged one counts as closed. */
  @IsIn(SKIP_POLICIES)
  closed: SkipPolicy = 'skip';

  /** For a pull request that is a draft. */
  @IsIn(SKIP_POLICIES)
  draft: SkipPolicy = 'post';

  /** For a pull request whose conversation is locked. */
  @IsIn(SKIP_POLICIES)
  locked: SkipPolicy = 'skip';

  /** True: fail with `stale_head` if the pull request has a newer head than `headSha`. */
  @IsBoolean()
  expectHeadSha: boolean = true;
}

/**
 * Overrides the annotation level of a severity. The defaults are `failure` for `critical` and `high`, `warning` for
 * `medium`, `notice` for the others.
 */
export class ScmSeverityLevels {
  /** Level of findings with severity `critical`. */
  @IsOptional()
  @IsIn(ANNOTATION_LEVELS)
  critical?: AnnotationLevel;

  /** Level of findings with severity `high`. */
  @IsOptional()
  @IsIn(ANNOTATION_LEVELS)
  high?: AnnotationLevel;

  /** Level of findings with severity `medium`. */
  @IsOptional()
  @IsIn(ANNOTATION_LEVELS)
  medium?: AnnotationLevel;

  /** Level of findings with severity `low`. */
  @IsOptional()
  @IsIn(ANNOTATION_LEVELS)
  low?: AnnotationLevel;

  /** Level of findings with severity `info`. */
  @IsOptional()
  @IsIn(ANNOTATION_LEVELS)
  info?: AnnotationLevel;

  /** Level of findings with severity `none`. */
  @IsOptional()
  @IsIn(ANNOTATION_LEVELS)
  none?: AnnotationLevel;
}

/**
 * `integrations.v1.rpc.scm.publish`: show the findings of a scanner. Rendering and the vendor's limits are handled
 * here.
 */
export class ScmPublishRequest extends ScmRequest {
  /** Number of the pull request, as the vendor shows it. Needed for `comment` and `inline`. */
  @ValidateIf(
    (request: ScmPublishRequest) =>
      request.pullRequestNumber !== undefined || request.show?.comment === true || request.show?.inline === true,
  )
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  pullRequestNumber?: number;

  /** The commit that was scanned. */
  @Matches(SHA_PATTERN, { message: SHA_MESSAGE })
  headSha: string;

  /** Heading of the summary. Without `upsertKey`, a later run with the same title updates what this one posts. */
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  title: string = 'Scan results';

  /** The findings. */
  @IsNested(() => ScmPublishSource)
  @HasExactlyOne(['findings', 'sarif', 'rdjson', 'stella'])
  source: ScmPublishSource;

  /** Where to show them. */
  @IsNested(() => ScmPublishShow)
  @HasSome(['comment', 'inline', 'checkRun', 'status'])
  show: ScmPublishShow;

  /** What to do in special states of the pull request, and with outdated remarks. */
  @IsNested(() => ScmPublishPolicies)
  policies: ScmPublishPolicies = new ScmPublishPolicies();

  /**
   * The lowest severity that fails the check run or status; an incomplete scan then fails too. If absent, it is `never`
   * if the evidence has a policy verdict, and `high` otherwise. A policy verdict of `fail` always fails.
   */
  @IsOptional()
  @IsIn(FAIL_ON)
  failOn?: FailOn;

  /** Annotation levels that differ from the defaults. */
  @IsOptional()
  @IsNested(() => ScmSeverityLevels)
  severityLevels?: ScmSeverityLevels;

  /** The most findings that become inline remarks, most severe first. */
  @IsInt()
  @Min(0)
  @Max(MAX_INLINE)
  maxInline: number = 30;

  /** Write ASCII only: other characters of findings appear as `\u{…}`. */
  @IsBoolean()
  ascii: boolean = false;

  /**
   * Base URL of the files at `headSha`, such as `https://github.com/acme/shop/blob/<sha>`. If given, paths become
   * links.
   */
  @IsOptional()
  @IsWebUrl()
  @MaxLength(1_000)
  sourceUrl?: string;

  /** Evidence for the result. Its fields override the evidence of a Stella scan. */
  @IsOptional()
  @IsNested(() => ScmEvidence)
  evidence?: ScmEvidence;
}
