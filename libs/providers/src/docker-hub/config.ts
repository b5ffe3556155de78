import { composed, IsCaBundle, IsCanary, IsOrigin } from '@integrations/provider-kit';
import { IsOptional, IsString, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** The namespace whose repositories are read, and the account that reads them. */
export class DockerHubConfig {
  @JSONSchema({
    description: 'The user or organization whose repositories are listed; library contains the Docker Official Images.',
  })
  @IsAccountName()
  namespace: string;

  @JSONSchema({
    description:
      'The owner of the token: a user, or the organization of an organization access token. Absent: the secret is user:token.',
  })
  @IsOptional()
  @IsAccountName()
  username?: string;

  @IsCanary(
    'acme/app:stable',
    'An image that always exists, such as acme/app:stable. Tests and health checks verify that it can be pulled, which does not count as a pull.',
  )
  canary?: string;

  @JSONSchema({
    description:
      "Docker Hub's API, as https://host[:port]. Absent: https://hub.docker.com if the endpoint is Docker's own registry, or else the endpoint's own host.",
  })
  @IsOptional()
  @IsOrigin()
  hubUrl?: string;

  @IsCaBundle('a proxy in front of Docker Hub')
  caBundle?: string;
}

function IsAccountName(): PropertyDecorator {
  const message = 'must be the name of a Docker user or organization';
  return composed(IsString(), Matches(/^[a-z0-9][a-z0-9_-]{1,254}$/, { message }));
}
