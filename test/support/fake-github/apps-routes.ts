import { GitHubRefusal, notFound } from './answer.ts';
import { type Permissions } from './auth.ts';
import { grants } from './access.ts';
import { type Call, type Context, page, type Route } from './routes.ts';
import type { FakeInstallation } from './world.ts';

/** The app itself, its installations and their tokens, and the rate limit. */
export const APPS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: '/app',
    handle(call, context) {
      context.gate.appJwt(call.authorization);
      return { status: 200, body: context.shapes.app({ checks: 'write', pull_requests: 'write', statuses: 'write' }) };
    },
  },
  {
    method: 'GET',
    template: '/app/installations/{installation_id}',
    handle(call, context) {
      context.gate.appJwt(call.authorization);
      return { status: 200, body: context.shapes.installation(installationOf(call, context)) };
    },
  },
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/installation',
    handle(call, context) {
      context.gate.appJwt(call.authorization);
      const { installation } = context.world.repository(call.params['owner']!, call.params['repo']!);
      return { status: 200, body: context.shapes.installation(installation) };
    },
  },
  {
    method: 'POST',
    template: '/app/installations/{installation_id}/access_tokens',
    handle(call, context) {
      context.gate.appJwt(call.authorization);
      const installation = installationOf(call, context);
      if (installation.suspended) throw new GitHubRefusal(403, 'This installation has been suspended');
      const wanted = call.body['permissions'] as Permissions | undefined;
      for (const [name, level] of Object.entries(wanted ?? {})) {
        if (grants(installation.permissions, name, level as 'read' | 'write')) continue;
        throw new GitHubRefusal(422, 'The permissions requested are not granted to this installation.');
      }
      const permissions = { metadata: 'read', ...(wanted ?? installation.permissions) };
      const { token, expiresAt } = context.gate.issue(installation.id, permissions);
      // GitHub returns whole seconds.
      const expires_at = new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z');
      return { status: 201, body: { token, expires_at, permissions, repository_selection: 'selected' } };
    },
  },
  {
    method: 'GET',
    template: '/installation/repositories',
    handle(call, context) {
      const { installationId } = context.gate.installationToken(call.authorization);
      const installation = context.world.installations.get(installationId);
      if (!installation) throw notFound();
      const all = [...installation.repositories.values()].map((one) => context.shapes.fullRepository(one));
      const { items, headers } = page(all, call, '/installation/repositories');
      return { status: 200, headers, body: { total_count: all.length, repositories: items } };
    },
  },
  {
    method: 'GET',
    template: '/rate_limit',
    handle(call, context) {
      context.gate.installationToken(call.authorization);
      const rate = { limit: 5000, remaining: 4999, used: 1, reset: Math.floor(context.now() / 1000) + 3600 };
      return { status: 200, body: { resources: { core: rate, search: rate }, rate } };
    },
  },
];

function installationOf(call: Call, context: Context): FakeInstallation {
  const found = context.world.installations.get(Number(call.params['installation_id']));
  if (!found) throw notFound();
  return found;
}
