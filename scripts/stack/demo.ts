import { readFileSync } from 'node:fs';
import { connect } from '@nats-io/transport-node';
import { until } from './child.ts';
import type { StackFile } from './stack.ts';

const NAME = 'Demo';
const PULL_REQUEST = { owner: 'acme', repository: 'webshop', pullRequestNumber: 7 };
const HEAD = '4f2d8c1be09a7f63d5512ce0a8b3f47e6d90c2aa';

const SUMMARY = `### Scan of \`4f2d8c1\`: 2 findings

| severity | rule | where |
|---|---|---|
| critical | CVE-2021-44228 | \`pom.xml:41\` |
| medium | weak-hash | \`src/session.ts:12\` |
`;

interface Integration {
  readonly id: string;
  readonly name: string;
  readonly health: { readonly status: string };
}

interface Result {
  readonly success: boolean;
  readonly errorMessage: string | null;
  readonly operationId: string | null;
  readonly result: { readonly outcome: string; readonly url: string } | null;
}

/**
 * Registers an in_memory integration over REST, posts a scan onto its pull request over NATS, and prints the results.
 */
export async function showDemo(stack: StackFile): Promise<void> {
  const integration = await registered(stack);
  console.log(`\ndemo: integration "${integration.name}" (${integration.id}) is ${integration.health.status}`);

  const nats = await connect({ servers: stack.natsUrl, name: 'demo-scanner' });
  try {
    for (const [operation, request] of scanResults(integration.id)) {
      const reply = await nats.request(`integrations.v1.rpc.scm.${operation}`, JSON.stringify(request), {
        timeout: 15_000,
      });
      const { success, result, errorMessage } = reply.json<Result>();
      const what = success ? `${result?.outcome} ${result?.url}` : `failed: ${errorMessage}`;
      console.log(`demo: ${operation.padEnd(9)} → ${what}`);
    }
  } finally {
    await nats.close();
  }
  console.log(nextSteps(stack, integration.id));
}

function scanResults(integrationId: string): [string, object][] {
  const target = { integrationId, owner: PULL_REQUEST.owner, repository: PULL_REQUEST.repository };
  const annotations = [
    {
      path: 'pom.xml',
      startLine: 41,
      endLine: 41,
      annotationLevel: 'failure',
      title: 'CVE-2021-44228',
      message: 'log4j-core 2.14.1 allows remote code execution; fixed in 2.17.1.',
    },
    {
      path: 'src/session.ts',
      startLine: 12,
      endLine: 12,
      annotationLevel: 'warning',
      title: 'weak-hash',
      message: 'MD5 is no longer safe for session identifiers.',
    },
  ];
  const summary = '2 findings: 1 critical, 1 medium';
  const status = { commitSha: HEAD, state: 'failure', context: 'stella/scan', description: summary };
  const checkRun = { headSha: HEAD, name: 'stella/scan', conclusion: 'failure', summary, annotations };
  return [
    ['status', { ...target, ...status }],
    ['check_run', { ...target, ...checkRun }],
    ['comment', { ...target, pullRequestNumber: PULL_REQUEST.pullRequestNumber, body: SUMMARY, upsertKey: 'scan' }],
  ];
}

async function registered(stack: StackFile): Promise<Integration> {
  const call = restOf(stack);
  const existing = (await call('GET', `/integrations?provider=in_memory&q=${NAME}&limit=200`)) as {
    items: Integration[];
  };
  const demo =
    existing.items.find(({ name }) => name === NAME) ??
    ((await call('POST', '/integrations', { name: NAME, type: 'scm', provider: 'in_memory' })) as Integration);
  let latest = demo;
  await until(
    async () => {
      latest = (await call('GET', `/integrations/${demo.id}`)) as Integration;
      if (latest.health.status === 'unknown') throw new Error('the demo integration was not probed within 15 seconds');
    },
    { timeoutMs: 15_000, everyMs: 200 },
  );
  return latest;
}

function restOf(stack: StackFile): (method: string, path: string, body?: object) => Promise<unknown> {
  const headers = {
    authorization: `Bearer ${readFileSync(stack.tokenFile, 'utf8').trim()}`,
    'content-type': 'application/json',
  };
  return async (method, path, body) => {
    const response = await fetch(`${stack.apiUrl}${path}`, {
      method,
      headers: body ? headers : { authorization: headers.authorization },
      body: body ? JSON.stringify(body) : null,
    });
    const answer = (await response.json()) as { detail?: string };
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${answer.detail ?? ''}`);
    return answer;
  };
}

function nextSteps(stack: StackFile, integrationId: string): string {
  const request = {
    integrationId,
    owner: PULL_REQUEST.owner,
    repository: PULL_REQUEST.repository,
    commitSha: HEAD,
    state: 'success',
    context: 'stella/scan',
  };
  return `
Where to look next
  console    ${stack.apiUrl.replace('/api/v1', '/console/')}
  API docs   ${stack.apiUrl.replace('/api/v1', '/docs')}
  metrics    ${Object.values(stack.urls)
    .map((url) => `${url}/metrics`)
    .join('  ')}
  catalog    curl -s -H "Authorization: Bearer $(cat ${stack.tokenFile})" ${stack.apiUrl}/integrations
  ledger     curl -s -H "Authorization: Bearer $(cat ${stack.tokenFile})" ${stack.apiUrl}/annotations
  post       nats -s ${stack.natsUrl} request integrations.v1.rpc.scm.status '${JSON.stringify(request)}'
  events     nats -s ${stack.natsUrl} sub 'integrations.v1.evt.>'

Ctrl-C stops everything; the data stays.`;
}
