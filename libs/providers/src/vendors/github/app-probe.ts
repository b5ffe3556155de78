import type { Capability, ProbePermissions, ProbeVerdict } from '@integrations/contracts';
import {
  hasCode,
  hasStatus,
  type IntegrationConfig,
  nullIf,
  type Probe,
  ProbeFailure,
  type ProbeFindings,
  type ProviderDeps,
  runProbe,
  utcTime,
} from '@integrations/provider-kit';
import { type AppAccess, GitHubClient } from './client';
import type { ApiAnswer } from './transport';

/** The permissions that a provider needs from an installation, such as `checks:write`. */
export interface Needs {
  /** The permissions that a test verifies. */
  readonly required: readonly string[];
  /** Permissions that are of use, but that everything works without. */
  readonly optional?: readonly string[];
  /** The capability that each permission enables. */
  readonly capabilities: readonly (readonly [permission: string, capability: Capability])[];
}

/** In ascending order: each level includes those before it. */
const LEVELS = ['read', 'write', 'admin'];

/** The fields we use of the app, of an installation, and of the rate limit. */
interface App {
  readonly id: number;
  readonly slug?: string;
  readonly name?: string;
  readonly permissions?: Permissions;
  readonly installations_count?: number;
}

interface Installation {
  readonly id: number;
  readonly repository_selection?: string;
  readonly permissions?: Permissions;
  readonly suspended_at?: string | null;
}

interface RateLimit {
  readonly rate?: { readonly limit: number; readonly remaining: number; readonly reset: number };
}

type Integration = IntegrationConfig<AppAccess>;
type Permissions = Readonly<Record<string, string>>;

/** A deep test: the key, the app, the installation's permissions, and an installation token. Reads only. */
export function testApp(
  integration: Integration,
  deps: ProviderDeps,
  needs: Needs,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  const { installationId } = integration.config;
  let app: App | undefined;
  return runProbe({
    deps,
    signal,
    requireCredential: true,
    stages: {
      credential: async (probe) => {
        app = await appOf(probe, new GitHubClient(integration, probe.deps));
      },
      identity: async ({ note }) => {
        note({ principal: { id: app?.slug ?? app?.name ?? integration.config.appId, kind: 'github_app' } });
        if (app?.installations_count === 0)
          throw new ProbeFailure('not_found_or_hidden', 'The app has no installations');
      },
      permissions: async (probe) => {
        if (installationId === undefined) return noteAppPermissions(probe, app, needs);
        const client = new GitHubClient(integration, probe.deps);
        const installation = await installationOf(probe, client, installationId);
        probe.note({ warnings: warningsOf(app, installation, needs) });
        judge(probe, installation, needs);
      },
      ...(installationId === undefined
        ? {}
        : { quota: (probe: Probe) => checkQuota(probe, new GitHubClient(integration, probe.deps), installationId) }),
    },
  });
}

/** A cheap check: one call signed with the app's key, which does not count against an installation's rate limit. */
export function checkApp(
  integration: Integration,
  deps: ProviderDeps,
  needs: Needs,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  const { installationId } = integration.config;
  let installation: Installation | undefined;
  return runProbe({
    deps,
    signal,
    requireCredential: true,
    stages: {
      credential: async (probe) => {
        const client = new GitHubClient(integration, probe.deps);
        if (installationId === undefined) await appOf(probe, client);
        else installation = await installationOf(probe, client, installationId);
      },
      permissions: async (probe) => {
        if (installation) judge(probe, installation, needs);
      },
    },
  });
}

async function appOf({ signal, note }: Probe, client: GitHubClient): Promise<App> {
  const answer = await client.asApp({ method: 'GET', path: '/app' }, signal).catch(asOtherProduct);
  const app = answer.data as App;
  if (typeof app.id !== 'number') throw notGitHub();
  note(serverOf(answer));
  return app;
}

async function installationOf({ signal, note }: Probe, client: GitHubClient, id: number): Promise<Installation> {
  const answer = await client.installation(id, signal).catch(asOtherProduct);
  const installation = answer.data as Installation;
  if (typeof installation.id !== 'number') throw notGitHub();
  note(serverOf(answer));
  return installation;
}

function judge({ note }: Probe, { id, suspended_at, permissions = {} }: Installation, needs: Needs): void {
  if (suspended_at) {
    note({ capabilities: [] });
    throw new ProbeFailure('credential_disabled', `Installation ${id} has been suspended since ${suspended_at}`);
  }
  note({ permissions: compare(permissions, needs), capabilities: capabilitiesOf(permissions, needs) });
}

/** Warnings about facts that no field of the verdict holds. */
function warningsOf(
  app: App | undefined,
  { permissions = {}, repository_selection }: Installation,
  needs: Needs,
): string[] {
  const { missing } = compare(permissions, needs);
  return [
    ...missing.map((permission) =>
      holds(app?.permissions ?? {}, permission)
        ? `The app asks for ${permission}: an owner of the installation has yet to accept it`
        : `The app does not ask for ${permission}: add it in the settings of the app first`,
    ),
    ...(repository_selection === 'selected'
      ? ['The installation covers selected repositories only: add new repositories to it']
      : []),
  ];
}

/** Without an installation, only the permissions that the app requests are known. */
function noteAppPermissions({ note }: Probe, app: App | undefined, needs: Needs): void {
  const warning = 'No installationId is configured: these are the permissions that the app requests';
  const permissions = app?.permissions ?? {};
  // Listing repositories needs an installation.
  const capabilities = capabilitiesOf(permissions, needs).filter((capability) => capability !== 'repositories');
  note({ permissions: compare(permissions, needs), capabilities, warnings: [warning] });
}

async function checkQuota({ signal, note }: Probe, client: GitHubClient, installationId: number): Promise<void> {
  const request = { method: 'GET', path: '/rate_limit' } as const;
  const answer = await client.asInstallationId(installationId, request, signal).catch(asUnlimited);
  const rate = (answer?.data as RateLimit | undefined)?.rate;
  if (!rate) return;
  const { limit, remaining, reset } = rate;
  note({ quota: { limit, remaining, resetAt: utcTime(reset * 1_000) ?? undefined } });
  if (remaining === 0) throw new ProbeFailure('rate_limited', 'The quota of the installation is used up');
}

/** GitHub Enterprise Server answers 404 while its rate limits are disabled. */
const asUnlimited = nullIf((error) => hasStatus(error, 404) && error.code === 'not_found_or_no_access');

/** GitHub answers with JSON: a 404 or an HTML page is another product, unless the 404 says that the app is unknown. */
function asOtherProduct(error: unknown): never {
  const isPage = hasCode(error, 'provider_unavailable') && error.httpStatus === undefined;
  throw isPage || hasCode(error, 'not_found_or_no_access') ? notGitHub(error) : error;
}

function notGitHub(cause?: unknown): ProbeFailure {
  const message =
    "This address does not serve the GitHub API. The address of GitHub Enterprise Server's API ends in /api/v3";
  return new ProbeFailure('not_this_product', message, { cause });
}

function serverOf({ response }: ApiAnswer): ProbeFindings {
  const version = response.headers['x-github-enterprise-version'];
  if (version === undefined) return { server: { product: 'GitHub' } };
  return { server: { product: 'GitHub Enterprise Server', version: version.replace(/^enterprise-server@/, '') } };
}

function compare(permissions: Permissions, { required, optional = [] }: Needs): ProbePermissions {
  const granted = Object.entries(permissions).map(([name, level]) => `${name}:${level}`);
  const missing = required.filter((permission) => !holds(permissions, permission));
  // Every app may read metadata.
  const used = [...required, ...optional, 'metadata:read'];
  const excess = granted.filter((one) => !used.includes(one));
  return { required, granted: granted.sort(), missing, excess: excess.sort(), how: 'introspection' };
}

function capabilitiesOf(permissions: Permissions, { capabilities }: Needs): Capability[] {
  return capabilities.flatMap(([permission, capability]) => (holds(permissions, permission) ? [capability] : []));
}

function holds(permissions: Permissions, permission: string): boolean {
  const [name, level] = permission.split(':') as [string, string];
  return LEVELS.indexOf(permissions[name] ?? '') >= LEVELS.indexOf(level);
}
