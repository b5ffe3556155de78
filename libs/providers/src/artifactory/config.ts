import { IsBaseUrl, IsCaBundle, IsCanary, IsUserName } from '@integrations/provider-kit';
import { IsIn, IsOptional, Matches, MaxLength } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Where the key of the repository stands: in the path of image names, or in the host. */
const ADDRESSINGS = ['path', 'host'] as const;
export type Addressing = (typeof ADDRESSINGS)[number];

/** The account at Artifactory, how its images are addressed, and what to list. */
export class ArtifactoryConfig {
  @JSONSchema({
    description:
      'How images are named. path: the name begins with the key of the repository, as in docker-local/team/app. host: the endpoint belongs to one Docker or OCI repository, by subdomain, by port or as …/artifactory/api/docker/<key> or …/api/oci/<key>.',
  })
  @IsIn(ADDRESSINGS)
  addressing: Addressing = 'path';

  @JSONSchema({
    description:
      'The name of the user whose password or token is behind authRef. Absent: the secret is an access token.',
  })
  @IsOptional()
  @IsUserName()
  username?: string;

  @JSONSchema({
    description: 'With the addressing path, the Docker or OCI repository whose images are listed. Absent: all of them.',
  })
  @IsOptional()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { message: 'must be the key of a repository' })
  @MaxLength(64)
  repository?: string;

  @JSONSchema({
    description:
      "Artifactory's own URL, if it is not https://<host of the endpoint>/artifactory. The credential is sent there.",
  })
  @IsOptional()
  @IsBaseUrl('https://art.example.com/artifactory')
  artifactoryUrl?: string;

  @IsCanary('docker-local/app:stable')
  canary?: string;

  @IsCaBundle('a private Artifactory')
  caBundle?: string;
}
