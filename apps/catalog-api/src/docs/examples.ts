/** Example bodies, shown in the API description and sent by a test. */
export const CREATE_EXAMPLES = {
  demo: {
    summary: 'A pull request host that exists in memory only',
    value: { name: 'Demo', type: 'scm', provider: 'in_memory', tags: ['demo'] },
  },
  githubApp: {
    summary: 'A GitHub App',
    value: {
      name: 'GitHub, organisation acme',
      type: 'scm',
      provider: 'github_app',
      authRef: 'authref://file/github/private-key',
      config: { appId: '12345' },
      tags: ['prod'],
      healthCheck: { intervalSeconds: 120 },
    },
  },
};

export const DRAFT_EXAMPLES = {
  demo: { summary: 'A draft without a name', value: { type: 'scm', provider: 'in_memory', config: { latencyMs: 5 } } },
  savedCredential: {
    summary: 'Another installation, with the credential of a registered integration',
    value: {
      integrationId: '0199c3a1-7c1e-7d4f-9a52-2f1f6e8b9a10',
      type: 'scm',
      provider: 'github_app',
      config: { appId: '12345', installationId: 678 },
    },
  },
};

export const PATCH_EXAMPLES = {
  rename: { summary: 'Rename, and remove the description', value: { name: 'GitHub of acme', description: null } },
  endMaintenance: { summary: 'End the maintenance now', value: { maintenance: null } },
  interval: { summary: 'Check every ten seconds', value: { healthCheck: { intervalSeconds: 10 } } },
};

/** Shown only, not sent by a test: its time will be in the past. */
export const MAINTENANCE_EXAMPLE = {
  maintenance: {
    summary: 'Put it into maintenance',
    value: { maintenance: { until: '2027-01-31T06:00:00Z', reason: 'The vendor moves to another data centre' } },
  },
};
