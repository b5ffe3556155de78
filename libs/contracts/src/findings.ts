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

/** Most severe first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info', 'none'] as const;
/** Severity of a finding. */
export type Severity = (typeof SEVERITIES)[number];

/** The longest file path, in characters, relative to the repository root. */
export const MAX_PATH = 4_096;
/** The highest line number that vendors accept. */
export const MAX_LINE = 2_147_483_647;

/** One finding of a scanner. Its texts are shown literally: Markdown, HTML and mentions have no effect. */
export class ScmFinding {
  /** The scanner's rule, such as `no-eval` or `CVE-2024-3094`. */
  @IsString()
  @MinLength(1)
  @MaxLength(512)
  ruleId: string;

  /** How severe it is. */
  @IsIn(SEVERITIES)
  severity: Severity;

  /** One line of text; defaults to `ruleId`. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  title?: string;

  /** What was found. */
  @IsString()
  @MinLength(1)
  @MaxLength(65_536)
  message: string;

  /** Path relative to the repository root; absent for a finding that concerns no file. */
  @ValidateIf((finding: ScmFinding) => finding.path !== undefined || finding.startLine !== undefined)
  @IsRepositoryPath()
  @MaxLength(MAX_PATH)
  path?: string;

  /** First line, counted from 1. Needs `path`; absent for a finding that concerns the whole file. */
  @ValidateIf((finding: ScmFinding) => finding.startLine !== undefined || finding.endLine !== undefined)
  @IsInt()
  @Min(1)
  @Max(MAX_LINE)
  startLine?: number;

  /** Last line; defaults to `startLine`. */
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

  /** Last column, counted from 1. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_LINE)
  endColumn?: number;

  /**
   * The scanner's own identity for the finding across runs. Defaults to one made of rule, path, package and message.
   */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(512)
  fingerprint?: string;

  /** A page that explains the rule. */
  @IsOptional()
  @IsWebUrl()
  @MaxLength(2_000)
  helpUri?: string;

  /** The weakness, such as `CWE-79`. */
  @IsOptional()
  @Matches(/^CWE-\d{1,7}$/, { message: 'must be written as CWE-79' })
  cwe?: string;

  /** The vulnerability, such as `CVE-2024-3094`. */
  @IsOptional()
  @Matches(/^CVE-\d{4}-\d{4,19}$/, { message: 'must be written as CVE-2024-3094' })
  cve?: string;

  /** The affected package, with its version. */
  @IsOptional()
  @IsString()
  @MaxLength(512)
  package?: string;

  /** The first version of the package that fixes the finding. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  fixedVersion?: string;

  /** Code that could replace the lines. */
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  suggestion?: string;
}
