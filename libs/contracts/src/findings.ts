import {
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
import { IsNotBefore, IsRepositoryPath, IsWebUrl } from './rules';

/** Gravest first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info', 'none'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Characters of a file's path, from the root of its repository. */
export const MAX_PATH = 4_096;
/** The highest number of a line that vendors take. */
export const MAX_LINE = 2_147_483_647;

/** One thing that a scanner found. Its texts are shown as they are: no Markdown, no HTML, no mention takes effect. */
export class ScmFinding {
  /** Such as `no-eval` or `CVE-2024-3094`. */
  @IsString()
  @MinLength(1)
  @MaxLength(512)
  ruleId: string;

  @IsIn(SEVERITIES)
  severity: Severity;

  /** One line; the rule if absent. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  title?: string;

  @IsString()
  @MinLength(1)
  @MaxLength(65_536)
  message: string;

  /** Relative to the root of the repository; absent for what is in no file. */
  @ValidateIf((finding: ScmFinding) => finding.path !== undefined || finding.startLine !== undefined)
  @IsRepositoryPath()
  @MaxLength(MAX_PATH)
  path?: string;

  /** Counted from 1, and only in a file; absent for what concerns the whole file. */
  @ValidateIf((finding: ScmFinding) => finding.startLine !== undefined || finding.endLine !== undefined)
  @IsInt()
  @Min(1)
  @Max(MAX_LINE)
  startLine?: number;

  /** `startLine` if absent. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_LINE)
  @IsNotBefore('startLine')
  endLine?: number;

  /** Counted from 1. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_LINE)
  startColumn?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_LINE)
  endColumn?: number;

  /** The scanner's own, by which it knows the finding again. Without it: rule, path, package and message. */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(512)
  fingerprint?: string;

  /** Where the rule is explained. */
  @IsOptional()
  @IsWebUrl()
  @MaxLength(2_000)
  helpUri?: string;

  @IsOptional()
  @Matches(/^CWE-\d{1,7}$/, { message: 'must be written as CWE-79' })
  cwe?: string;

  @IsOptional()
  @Matches(/^CVE-\d{4}-\d{4,19}$/, { message: 'must be written as CVE-2024-3094' })
  cve?: string;

  /** The affected package, with its version. */
  @IsOptional()
  @IsString()
  @MaxLength(512)
  package?: string;

  /** The first version of the package without it. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  fixedVersion?: string;

  /** Code that could stand in place of the lines. */
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  suggestion?: string;
}
