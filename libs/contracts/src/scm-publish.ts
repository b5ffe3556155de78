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

/** The most remarks on lines that one request may ask for. */
const MAX_INLINE = 100;

/** What a scanner found, in one of four forms. */
export class ScmPublishSource {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_ANNOTATIONS)
  @AreNested(() => ScmFinding)
  findings?: ScmFinding[];

  /** A SARIF 2.1.0 log, as it is: what is not shown is not looked at. At most 10,000 results in all its runs. */
  @IsOptional()
  @IsDocument()
  sarif?: object;

  /** A DiagnosticResult of reviewdog's Diagnostic Format. */
  @IsOptional()
  @IsDocument()
  rdjson?: object;

  @IsOptional()
  @IsNested(() => StellaScan)
  stella?: StellaScan;

  /** Where the scanner had the repository, such as `/home/runner/work/shop/shop`: absolute paths of SARIF and rdjson lie there. */
  @IsOptional()
  @IsString()
  @MaxLength(4_096)
  root?: string;
}

export class ScmPublishCheckRun {
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  name: string;
}

export class ScmPublishStatus {
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  context: string;

  @IsOptional()
  @IsWebUrl()
  @MaxLength(2_000)
  targetUrl?: string;
}

/** What is to be shown where; at least one. `comment` and `inline` need a pull request. */
export class ScmPublishShow {
  /** One comment with the summary, kept up to date. */
  @IsBoolean()
  comment: boolean = false;

  /** Remarks on the lines of the diff, for the gravest findings; what finds no line is listed in the summary. */
  @IsBoolean()
  inline: boolean = false;

  @IsOptional()
  @IsNested(() => ScmPublishCheckRun)
  checkRun?: ScmPublishCheckRun;

  @IsOptional()
  @IsNested(() => ScmPublishStatus)
  status?: ScmPublishStatus;
}

/**
 * What is done where the pull request is not as one expects it. `skip` leaves its conversation alone: the check run and
 * the status of the commit are set nevertheless, so that a required check never hangs.
 */
export class ScmPublishPolicies {
  /** Of remarks on lines that an earlier run made and this one does not, those that stand for its check run included. */
  @IsIn(OUTDATED_POLICIES)
  outdated: OutdatedPolicy = 'resolve';

  /** Merged counts as closed. */
  @IsIn(SKIP_POLICIES)
  closed: SkipPolicy = 'skip';

  @IsIn(SKIP_POLICIES)
  draft: SkipPolicy = 'post';

  @IsIn(SKIP_POLICIES)
  locked: SkipPolicy = 'skip';

  /** Refuse with `stale_head` once the pull request has a newer head than `headSha`. */
  @IsBoolean()
  expectHeadSha: boolean = true;
}

/** The annotation level of each severity, where it is not the usual one: failure from `high` on, `warning` for medium. */
export class ScmSeverityLevels {
  @IsOptional()
  @IsIn(ANNOTATION_LEVELS)
  critical?: AnnotationLevel;

  @IsOptional()
  @IsIn(ANNOTATION_LEVELS)
  high?: AnnotationLevel;

  @IsOptional()
  @IsIn(ANNOTATION_LEVELS)
  medium?: AnnotationLevel;

  @IsOptional()
  @IsIn(ANNOTATION_LEVELS)
  low?: AnnotationLevel;

  @IsOptional()
  @IsIn(ANNOTATION_LEVELS)
  info?: AnnotationLevel;

  @IsOptional()
  @IsIn(ANNOTATION_LEVELS)
  none?: AnnotationLevel;
}

/** `integrations.v1.rpc.scm.publish`: what a scanner found, and where to show it; texts and limits are seen to. */
export class ScmPublishRequest extends ScmRequest {
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

  /** Heads the summary; without an `upsertKey` also the name of what is kept up to date. */
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  title: string = 'Scan results';

  @IsNested(() => ScmPublishSource)
  @HasExactlyOne(['findings', 'sarif', 'rdjson', 'stella'])
  source: ScmPublishSource;

  @IsNested(() => ScmPublishShow)
  @HasSome(['comment', 'inline', 'checkRun', 'status'])
  show: ScmPublishShow;

  @IsNested(() => ScmPublishPolicies)
  policies: ScmPublishPolicies = new ScmPublishPolicies();

  /**
   * The least severity that fails the check run or status. If absent, the policy verdict of the evidence decides; where
   * there is none, `high`. A verdict of `fail` always fails, and unless it is `never`, so does a scan that did not run to
   * its end.
   */
  @IsOptional()
  @IsIn(FAIL_ON)
  failOn?: FailOn;

  @IsOptional()
  @IsNested(() => ScmSeverityLevels)
  severityLevels?: ScmSeverityLevels;

  /** How many findings become remarks on lines at most, the gravest first. */
  @IsInt()
  @Min(0)
  @Max(MAX_INLINE)
  maxInline: number = 30;

  /** Write ASCII only: what else findings contain appears as `\u{…}`. */
  @IsBoolean()
  ascii: boolean = false;

  /** Where the files of `headSha` are shown, such as `https://github.com/acme/shop/blob/<sha>`: paths become links. */
  @IsOptional()
  @IsWebUrl()
  @MaxLength(1_000)
  sourceUrl?: string;

  /** Laid over that of a Stella scan. */
  @IsOptional()
  @IsNested(() => ScmEvidence)
  evidence?: ScmEvidence;
}
