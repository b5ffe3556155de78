import type { Capability, ProbeVerdict } from '@integrations/contracts';
import {
  hasStatus,
  type IntegrationConfig,
  nullIf,
  type Probe,
  ProbeFailure,
  type ProbeFindings,
  type ProviderDeps,
  rateLimitQuota,
  recognise,
  runProbe,
} from '@integrations/provider-kit';
import { GitLabClient, type TokenConfig } from './client';
import { heldBy, isFineGrained, permissionsOf } from './scopes';
import { asUndescribed, judgeToken, kindOf, type Token } from './token';

export const OTHER_PRODUCT =
  'This address does not serve the GitLab API. Use the address of the GitLab web pages, such as https://gitlab.com';

type Integration = IntegrationConfig<TokenConfig>;

/** What a provider needs from an access token and its user. */
export interface Needs {
  /** The scopes that a test verifies. */
  readonly scopes: readonly string[];
  /** The capability that each scope enables. */
  readonly capabilities: readonly (readonly [scope: string, capability: Capability])[];
  /** The access level needed in a project, and the warning for a user who has it in no project. */
  readonly role: { readonly level: number; readonly lacking: string };
}

/** The fields we use of the token's user. */
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

/** A deep test: the token's scopes, its user, the instance, and the user's role in any project. Reads only. */
export function testToken(
  integration: Integration,
  deps: ProviderDeps,
  needs: Needs,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let token: Token | null = null;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        token = await tokenOf(probe, integration);
      },
      identity: async (probe) => {
        const { users, metadata } = await new GitLabClient(integration, probe.deps).read(probe.signal);
        noteUser(probe, await recognise(users.showCurrentUser(), OTHER_PRODUCT));
        probe.note(serverOf(await metadata.show().catch(asHidden)));
      },
      permissions: async (probe) => {
        judge(probe, token, needs);
        await noteRole(probe, integration, needs);
      },
    },
  });
}

/** A cheap check: one call, for the token. */
export function checkToken(
  integration: Integration,
  deps: ProviderDeps,
  needs: Needs,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let token: Token | null = null;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        token = await tokenOf(probe, integration);
      },
      permissions: async (probe) => judge(probe, token, needs),
    },
  });
}

/** Null if GitLab does not describe the token. */
async function tokenOf(probe: Probe, integration: Integration): Promise<Token | null> {
  const { tokens } = await new GitLabClient(integration, probe.deps).read(probe.signal);
  const answer = await recognise(tokens.show({ showExpanded: true }), OTHER_PRODUCT).catch(asUndescribed);
  if (answer === null) return null;
  const { data, headers } = answer as unknown as Expanded<Token & { readonly id: number }>;
  if (typeof data.id !== 'number' || !Array.isArray(data.scopes)) {
    throw new ProbeFailure('not_this_product', OTHER_PRODUCT);
  }
  probe.note({ server: { product: 'GitLab' }, ...rateLimitQuota(headers, 'ratelimit-') });
  judgeToken(probe, data);
  return data;
}

function judge({ note }: Probe, token: Token | null, needs: Needs): void {
  if (token === null || isFineGrained(token.scopes)) {
    note({
      warnings: ['GitLab does not report the scopes of this kind of token: its permissions show only when it is used'],
    });
    return;
  }
  const held = heldBy(token.scopes);
  const capabilities = needs.capabilities.flatMap(([scope, capability]) => (held.has(scope) ? [capability] : []));
  note({ permissions: permissionsOf(needs.scopes, token.scopes), capabilities });
}

function noteUser({ note }: Probe, { id, username, bot, state }: User): void {
  if (typeof id !== 'number' || typeof username !== 'string') throw new ProbeFailure('not_this_product', OTHER_PRODUCT);
  note({ principal: { id: username, kind: kindOf(username, bot) } });
  if (state !== undefined && state !== 'active') {
    throw new ProbeFailure('credential_disabled', `The account ${username} is ${state}`);
  }
}

/** Scopes limit what a token may do; roles limit where. */
async function noteRole(probe: Probe, integration: Integration, { role }: Needs): Promise<void> {
  const { projects } = await new GitLabClient(integration, probe.deps).read(probe.signal);
  const query = { membership: true, minAccessLevel: role.level, simple: true, page: 1, perPage: 1 } as const;
  const found = (await projects.all(query)) as unknown as readonly unknown[];
  if (found.length === 0) probe.note({ warnings: [role.lacking] });
}

function serverOf(metadata: unknown): ProbeFindings {
  const { version, enterprise } = (metadata ?? {}) as { version?: unknown; enterprise?: unknown };
  if (typeof version !== 'string') return {};
  return {
    server: { product: enterprise === true ? 'GitLab Enterprise Edition' : 'GitLab', version },
  };
}

/** Not every token may read the version. */
const asHidden = nullIf((error) => hasStatus(error, 403, 404));
