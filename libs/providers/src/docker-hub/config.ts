import { composed, IsCaBundle, IsCanary, IsOrigin } from '@integrations/provider-kit';
import { IsOptional, IsString, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** Whose repositories are looked at, and by whom. */
export class DockerHubConfig {
  @JSONSchema({
    description: 'The user or organization whose repositories are listed; library has the Docker Official Images.',
  })
  @IsAccountName()
  namespace: string;

  @JSONSchema({
    description:
      'Whose token the secret is: a user, or the organization of an organization access token. Absent: the secret is user:token.',
  })
  @IsOptional()
  @IsAccountName()
  username?: string;

  @IsCanary(
    'acme/app:stable',
    'An image that is always there, as acme/app:stable: tests and health checks look whether it may be pulled, which counts as no pull.',
  )
  canary?: string;

  @JSONSchema({
    description:
      "Docker Hub's API, as https://host[:port]. Absent: https://hub.docker.com of Docker's own registry, and the endpoint's own host of one that stands before it.",
  })
  @IsOptional()
  @IsOrigin()
  hubUrl?: string;

  @IsCaBundle('a proxy before Docker Hub')
  caBundle?: string;
}

function IsAccountName(): PropertyDecorator {
  const message = 'must be the name of a Docker user or organization';
  return composed(IsString(), Matches(/^[a-z0-9][a-z0-9_-]{1,254}$/, { message }));
}
