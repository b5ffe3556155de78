import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** The kinds of credential that the secret may hold. */
const AUTHENTICATIONS = ['access_token', 'api_token', 'oauth_consumer'] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

/** How to authenticate, which workspace to list, and how fast to call. */
export class BitbucketCloudConfig {
  @JSONSchema({
    description:
      "The kind of credential in the secret. access_token: an access token of a repository, project or workspace. api_token: an Atlassian account's e-mail address, a colon and its API token with scopes. oauth_consumer: key, colon and secret of a private OAuth consumer.",
  })
  @IsIn(AUTHENTICATIONS)
  authentication: Authentication = 'access_token';

  @JSONSchema({
    description:
      'The workspace whose repositories are listed, by its short name. Absent: all workspaces of the account. This needs the scope account, or read:workspace:bitbucket for an API token; access tokens of a repository or project do not have it.',
  })
  @IsOptional()
  @Matches(/^[a-z0-9_-]{1,62}$/, { message: 'must be the short name of a workspace, as in its address' })
  workspace?: string;

  @JSONSchema({
    description:
      "How many requests for repositories' data Bitbucket lets the account make in an hour: 1,000, and more in paid workspaces of over 100 people.",
  })
  @IsInt()
  @Min(100)
  @Max(10_000)
  requestsPerHour: number = 1_000;
}
