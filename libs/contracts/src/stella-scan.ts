import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { MAX_PATH, type Severity, SEVERITIES } from './findings';
import { AreNested, IsNested, IsRepositoryPath, IsWebUrl } from './rules';
import { MAX_ANNOTATIONS } from './scm-requests';

const POLICY_VERDICTS = ['pass', 'warn', 'fail'] as const;
export type PolicyVerdict = (typeof POLICY_VERDICTS)[number];

/** The evidence for a result, so that a reader can verify it. */
export class ScmEvidence {
  /** Display name of the image or package that was scanned. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  artifact?: string;

  /** Digest of the artifact, such as `sha256:…`. */
  @IsOptional()
  @Matches(/^[a-z0-9]+:[0-9a-f]{32,128}$/, { message: 'must be written as sha256:<hexadecimal digits>' })
  digest?: string;

  /** The verdict of the policy engine. */
  @IsOptional()
  @IsIn(POLICY_VERDICTS)
  policyVerdict?: PolicyVerdict;

  /** Name of the policy. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  policyName?: string;

  /** A command line that verifies the signature or attestation. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  verifyCommand?: string;

  /** A page with the full result. */
  @IsOptional()
  @IsWebUrl()
  @MaxLength(2_000)
  reportUrl?: string;
}

/** A vulnerability in a package of the artifact. */
export class StellaVulnerability {
  /** Id of the vulnerability, such as `CVE-2024-3094` or `GHSA-…`. */
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  id: string;

  /** How severe it is. */
  @IsIn(SEVERITIES)
  severity: Severity;

  /** One line of text. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  title?: string;

  /** What the vulnerability is. */
  @IsOptional()
  @IsString()
  @MaxLength(65_536)
  description?: string;

  /** Name of the affected package. */
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  package: string;

  /** The version of the package in the artifact. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  installedVersion?: string;

  /** The first version of the package without the vulnerability. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  fixedVersion?: string;

  /** The lockfile or manifest in the repository that brings the package in. */
  @IsOptional()
  @IsRepositoryPath()
  @MaxLength(MAX_PATH)
  path?: string;

  /** The weakness, such as `CWE-79`. */
  @IsOptional()
  @Matches(/^CWE-\d{1,7}$/, { message: 'must be written as CWE-79' })
  cwe?: string;

  /** A page that describes the vulnerability. */
  @IsOptional()
  @IsWebUrl()
  @MaxLength(2_000)
  url?: string;
}

/** The result of a Stella scan: the artifact's digest and policy verdict, and its vulnerabilities. */
export class StellaScan {
  /** The evidence for the result. */
  @IsOptional()
  @IsNested(() => ScmEvidence)
  evidence?: ScmEvidence;

  /** The vulnerabilities that were found. */
  @IsArray()
  @ArrayMaxSize(MAX_ANNOTATIONS)
  @AreNested(() => StellaVulnerability)
  vulnerabilities: StellaVulnerability[];
}
