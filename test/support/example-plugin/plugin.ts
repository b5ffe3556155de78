import type { DiscoveredRepository, Page, ProbeVerdict, ScmCommentRequest } from '@integrations/contracts';
import {
  type ApiAnswer,
  type ApiCall,
  askApi,
  bearerHeaders,
  type CommentBoard,
  comparePermissions,
  type ConnectorPlugin,
  type DiscoveryQuery,
  foreignCursor,
  type IntegrationConfig,
  IsCaBundle,
  type JsonApi,
  keepComment,
  markedBody,
  pageOf,
  type ProviderDeps,
  ProviderError,
  recognise,
  runProbe,
  secretCredentials,
  withCredential,
} from '@integrations/provider-kit';
import { Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

export class ForgeConfig {
  @JSONSchema({ description: 'The workspace whose repositories are listed.' })
  @Matches(/^[a-z0-9-]{1,60}$/, { message: 'must be the short name of a workspace' })
  workspace: string;

  @IsCaBundle('a self-hosted Forge')
  caBundle?: string;
}

interface ForgeComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly url: string;
}

type Integration = IntegrationConfig<ForgeConfig>;
type Ask = (call: ApiCall, signal: AbortSignal) => Promise<ApiAnswer>;

const REQUIRED = ['comments:write', 'repositories:read'];
const COMMENT_LIMIT = { max: 65_536, unit: 'characters' } as const;
const MOST_LISTED = 100;
const OTHER_PRODUCT = 'This address does not serve Forge: /v2/user must be directly below it';

export function createForgePlugin(): ConnectorPlugin<ForgeConfig> {
  return {
    contractVersion: 1,
    provider: 'forge',
    type: 'scm',
    displayName: 'Forge',
    capabilities: ['comment', 'repositories'],
    requiredScopes: REQUIRED,
    defaultEndpoint: 'https://api.forge.example',
    credential: { required: true, description: 'An access token with comments:write and repositories:read.' },
    config: ForgeConfig,

    isAvailable: () => ({ available: true }),
    open: (integration, deps) => {
      const ask = openForge(integration, deps);
      return {
        annotations: {
          postComment: (request, context) => keepComment(boardOf(ask, request, context.signal), request, context),
        },
        discovery: {
          repositories: (query, signal) => listRepositories(ask, integration.config.workspace, query, signal),
        },
      };
    },
    testConnection: probe,
    checkHealth: probe,
  };
}

/** The only function that calls the vendor. */
function openForge({ endpoint }: Integration, deps: ProviderDeps): Ask {
  const credentials = secretCredentials(deps.credential, (token) => ({ kind: 'bearer', token }));
  const api: JsonApi = { base: `${endpoint}/v2`, product: 'Forge', deps, headers: bearerHeaders(credentials) };
  return (call, signal) => withCredential(credentials, () => askApi(api, call, signal), signal);
}

/** The comments of a pull request. `keepComment` finds ours among them, then creates or updates it. */
function boardOf(ask: Ask, request: ScmCommentRequest, signal: AbortSignal): CommentBoard<ForgeComment> {
  const { owner, repository, pullRequestNumber } = request;
  const pull = `/repositories/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}/pulls/${pullRequestNumber}`;
  const comments = `${pull}/comments`;
  const askForOne = async (call: ApiCall) => (await ask(call, signal)).data as ForgeComment;
  return {
    mark: (text, marker) => markedBody(text, marker, COMMENT_LIMIT),
    own: async function* () {
      const { login } = await whoAmI(ask, signal);
      for (let page = 1, more = true; more; page++) {
        const { items, hasMore } = pageIn(await ask({ path: `${comments}?page=${page}` }, signal));
        yield* (items as ForgeComment[]).filter(({ author }) => author === login);
        more = hasMore;
      }
    },
    byId: async (id) => {
      const { login } = await whoAmI(ask, signal);
      const comment = await askForOne({ path: `${comments}/${id}` });
      if (comment.author === login) return comment;
      throw new ProviderError('invalid_request', `commentId: comment ${id} is somebody else's`);
    },
    create: (body) => askForOne({ method: 'POST', path: comments, body: { body } }),
    update: ({ id }, body) => askForOne({ method: 'PATCH', path: `${comments}/${id}`, body: { body } }),
    describe: ({ id, url, body }) => ({ id: String(id), url, text: body }),
  };
}

function listRepositories(
  ask: Ask,
  workspace: string,
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredRepository>> {
  const fetch = async (at: string) => {
    const asked = new URLSearchParams(at); // n=50, then n=50&page=2
    const [size, page] = [Math.min(Number(asked.get('n')), MOST_LISTED), Number(asked.get('page') ?? 1)];
    if (!(size >= 1 && page >= 1)) throw foreignCursor();
    const answer = await ask({ path: `/workspaces/${workspace}/repositories?size=${size}&page=${page}` }, signal);
    const { items, hasMore } = pageIn(answer);
    return { items: items.map(repositoryOf), next: hasMore ? `n=${size}&page=${page + 1}` : null };
  };
  return pageOf(fetch, query, ({ owner, name }) => `${owner}/${name}`);
}

function repositoryOf(item: object): DiscoveredRepository {
  const { id, owner, name, url } = item as { id: number; owner: string; name: string; url: string };
  return { id: String(id), owner, name, url, defaultBranch: null, visibility: null, archived: false };
}

function pageIn({ data }: ApiAnswer): { readonly items: object[]; readonly hasMore: boolean } {
  const { items, hasMore } = data as { items?: unknown; hasMore?: unknown };
  if (!Array.isArray(items)) throw new ProviderError('provider_unavailable', "Forge's answer is not a list");
  return { items, hasMore: hasMore === true };
}

async function whoAmI(ask: Ask, signal: AbortSignal): Promise<{ login: string; scopes: string[] }> {
  const { data } = await ask({ path: '/user' }, signal);
  const { login, scopes } = data as { login?: unknown; scopes?: unknown };
  if (typeof login === 'string' && Array.isArray(scopes)) return { login, scopes };
  throw new ProviderError('provider_unavailable', "Forge's answer names no user");
}

/** One cheap call proves everything, so it serves as both the test and the health check. */
function probe(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        const ask = openForge(integration, probe.deps);
        const { login, scopes } = await recognise(whoAmI(ask, probe.signal), OTHER_PRODUCT);
        probe.note({
          ...{ server: { product: 'Forge' }, principal: { id: login, kind: 'user' } },
          permissions: comparePermissions(REQUIRED, scopes, 'introspection'),
        });
      },
    },
  });
}
