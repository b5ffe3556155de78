import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** What kind of credential the secret is. */
export const AUTHENTICATIONS = ['access_token', 'api_token', 'oauth_consumer'] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

/** How to come in, what to list, and how fast to go. */
export class BitbucketCloudConfig {
  @JSONSchema({
    description:
      "What the secret holds. access_token: an access token of a repository, project or workspace. api_token: an Atlassian account's e-mail address, a colon and its API token with scopes. oauth_consumer: key, colon and secret of an OAuth consumer that is private.",
  })
  @IsIn(AUTHENTICATIONS)
  authentication: Authentication = 'access_token';

  @JSONSchema({
    description:
      'The workspace whose repositories are listed, by its short name. Absent: all that the account is a member of, which needs the scope account, or read:workspace:bitbucket of an API token; access tokens of a repository or project do not have it.',
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
