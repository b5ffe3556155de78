import type { ProbeVerdict } from '@integrations/contracts';
import {
  type IntegrationConfig,
  isOtherProduct,
  noteExpiry,
  type Probe,
  ProbeFailure,
  type ProbeFindings,
  type ProviderDeps,
  ProviderError,
  runProbe,
} from '@integrations/provider-kit';
import { GitLabClient } from '../vendors/gitlab/client';
import type { GitLabConfig } from './config';
import { capabilitiesOf, permissionsOf } from './scopes';

const TEST_BUDGET_MS = 10_000;
const HEALTH_BUDGET_MS = 5_000;
const DEVELOPER = 30;

type Integration = IntegrationConfig<GitLabConfig>;

/** The fields we use of the token, its user, a CI job and a project. */
interface Token {
  readonly id: number;
  readonly active?: boolean;
  readonly revoked?: boolean;
  readonly expires_at?: string | null;
  readonly scopes: readonly string[];
}

interface User {
  readonly id: number;
  readonly username: string;
  readonly bot?: boolean;
  readonly state?: string;
}

interface Expanded<T> {
  readonly data: T;
  readonly headers: Readonly<Record<string, string>>;
}

/** Deep: the token with its scopes, its user, the instance and whether the user may set statuses anywhere. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  if (integration.config.tokenHeader === 'JOB-TOKEN') return probeJob(integration, deps, signal, TEST_BUDGET_MS);
  let token: Token | null = null;
  return runProbe({
    ...{ deps, signal, budgetMs: TEST_BUDGET_MS, requireCredential: true },
    stages: {
      credential: async (probe) => {
        token = await tokenOf(probe, integration);
      },
      identity: async (probe) => {
        const { users, metadata } = await new GitLabClient(integration, probe.deps).read(probe.signal);
        noteUser(probe, await users.showCurrentUser().catch(asProduct));
        probe.note(serverOf(await metadata.show().catch(asUntold)));
      },
      permissions: async (probe) => {
        judge(probe, token);
        await noteRole(probe, integration);
      },
    },
  });
}

/** Cheap: one call, for the token. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  if (integration.config.tokenHeader === 'JOB-TOKEN') return probeJob(integration, deps, signal, HEALTH_BUDGET_MS);
  let token: Token | null = null;
  return runProbe({
    ...{ deps, signal, budgetMs: HEALTH_BUDGET_MS, requireCredential: true },
    stages: {
      credential: async (probe) => {
        token = await tokenOf(probe, integration);
      },
      permissions: async (probe) => judge(probe, token),
    },
  });
}

/** A CI job token tells its job, and may do nothing of what annotating needs. */
function probeJob(integration: Integration, deps: ProviderDeps, signal: AbortSignal, budgetMs: number) {
  return runProbe({
    ...{ deps, signal, budgetMs, requireCredential: true },
    stages: {
      identity: async (probe) => {
        // Gitbeaker's own way to it looks for the token where it is not.
        const client = new GitLabClient(integration, probe.deps);
        const { data } = await client.call({ method: 'GET', path: '/job' }, probe.signal).catch(asProduct);
        const job = data as { readonly id?: unknown; readonly user?: Partial<User> };
        if (typeof job.id !== 'number') throw notGitLab();
        probe.note({ principal: { id: job.user?.username ?? `job ${job.id}`, kind: 'ci_job' } });
      },
      permissions: async ({ note }) => {
        const warning = 'A CI job token reads merge requests and posts nothing: use a project access token';
        note({ permissions: permissionsOf([]), capabilities: [], warnings: [warning] });
      },
    },
  });
}

/** Null of a token that GitLab does not describe, an OAuth token for one. */
async function tokenOf(probe: Probe, integration: Integration): Promise<Token | null> {
  const { tokens } = await new GitLabClient(integration, probe.deps).read(probe.signal);
  const answer = await tokens.show({ showExpanded: true }).catch(asUndescribed);
  if (answer === null) return null;
  const { data, headers } = answer as unknown as Expanded<Token>;
  if (typeof data.id !== 'number' || !Array.isArray(data.scopes)) throw notGitLab();
  probe.note({ server: { product: 'GitLab' }, ...quotaOf(headers) });
  // A token expires with the beginning of the day, UTC.
  const expiresAt = Date.parse(`${data.expires_at}T00:00:00Z`);
  if (!Number.isNaN(expiresAt)) noteExpiry(probe, 'The token', expiresAt);
  if (data.revoked) throw new ProbeFailure('credential_disabled', 'The token is revoked');
  if (data.active === false) throw new ProbeFailure('credential_expired', 'The token is not active any more');
  return data;
}

function judge({ note }: Probe, token: Token | null): void {
  if (token === null) {
    note({ warnings: ['GitLab does not tell the scopes of this kind of token: what it may do shows when it is used'] });
    return;
  }
  note({ permissions: permissionsOf(token.scopes), capabilities: capabilitiesOf(token.scopes) });
}

function noteUser({ note }: Probe, { id, username, bot, state }: User): void {
  if (typeof id !== 'number' || typeof username !== 'string') throw notGitLab();
  note({ principal: { id: username, kind: kindOf(username, bot ?? false) } });
  if (state !== undefined && state !== 'active') {
    throw new ProbeFailure('credential_disabled', `The account ${username} is ${state.slice(0, 40)}`);
  }
}

/** Tokens of projects and groups have a bot of their own. https://docs.gitlab.com/user/project/settings/project_access_tokens/ */
function kindOf(username: string, isBot: boolean): string {
  if (/^project_\d+_bot/.test(username)) return 'project_access_token';
  if (/^group_\d+_bot/.test(username)) return 'group_access_token';
  return isBot || /^service_account_/.test(username) ? 'bot' : 'user';
}

/** Scopes say what a token may do, roles where. */
async function noteRole(probe: Probe, integration: Integration): Promise<void> {
  const { projects } = await new GitLabClient(integration, probe.deps).read(probe.signal);
  const query = { membership: true, minAccessLevel: DEVELOPER, simple: true, page: 1, perPage: 1 } as const;
  const found = (await projects.all(query)) as unknown as readonly unknown[];
  if (found.length > 0) return;
  probe.note({ warnings: ['The user of the token is a Developer of no project: statuses and remarks need that role'] });
}

function quotaOf(headers: Readonly<Record<string, string>>): ProbeFindings {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => Number(headers[`ratelimit-${name}`]));
  if (!Number.isFinite(limit) || !Number.isFinite(remaining)) return {};
  const resetAt = Number.isFinite(reset) ? { resetAt: new Date(reset! * 1_000).toISOString() } : {};
  return { quota: { limit: limit!, remaining: remaining!, ...resetAt } };
}

function serverOf(metadata: unknown): ProbeFindings {
  const { version, enterprise } = (metadata ?? {}) as { version?: unknown; enterprise?: unknown };
  if (typeof version !== 'string') return {};
  return {
    server: { product: enterprise === true ? 'GitLab Enterprise Edition' : 'GitLab', version: version.slice(0, 40) },
  };
}

/** Not every token may ask for the version. */
function asUntold(error: unknown): null {
  if (error instanceof ProviderError && (error.httpStatus === 403 || error.httpStatus === 404)) return null;
  throw error;
}

function asUndescribed(error: unknown): null {
  if (error instanceof ProviderError && error.httpStatus === 400) return null;
  return asProduct(error);
}

/** GitLab always answers these calls with JSON: a 404 or a page of something else is not GitLab. */
function asProduct(error: unknown): never {
  if (isOtherProduct(error)) throw notGitLab(error);
  if (error instanceof ProviderError && error.httpStatus === 401 && error.message.includes('expired')) {
    throw new ProbeFailure('credential_expired', error.message, { cause: error });
  }
  throw error;
}

function notGitLab(cause?: unknown): ProbeFailure {
  const message = 'No GitLab API answers at this address, which is that of its web pages, such as https://gitlab.com';
  return new ProbeFailure('not_this_product', message, { cause });
}
