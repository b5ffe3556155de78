import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, type Dispatcher, request } from 'undici';
import { loadSources } from '../../scripts/docs/load-sources.ts';
import { pod } from '../support/fake-kubernetes/world.ts';

/**
 * `node --expose-gc test/bench/kubernetes.ts`: lists 50,000 pods of a cluster in pages of 100, the largest that REST and NATS
 * allow, alternately by our provider and by bare undici, from an API server in its own process. undici fetches the same
 * pages, parses them and counts their pods; our provider turns them into workloads. Rates are of the fastest round, which
 * other load on the machine disturbs least. The other figures are medians: CPU time of this process, and the growth of its
 * resident set while listing, both the maximum and from the first tenth of the list to the last, where a leak would show.
 */
const PODS = 50_000;
const PAGE = 100;
const ROUNDS = 4;
const SERVE = '--serve';
const TOKEN = 'bench';
const SELECTOR = 'status.phase!=Succeeded,status.phase!=Failed';
/** Fields of real pods that we do not use. */
const FIELDS = ['kube-controller-manager', 'kubelet'].map((manager) => ({
  ...{ manager, operation: 'Update', apiVersion: 'v1', time: '2026-11-26T07:00:00Z', fieldsType: 'FieldsV1' },
  fieldsV1: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`f:field-${n}`, { '.': {}, 'f:value': {} }])),
}));
const SPEC = {
  ...{ restartPolicy: 'Always', serviceAccountName: 'default', priority: 0, dnsPolicy: 'ClusterFirst' },
  volumes: Array.from({ length: 4 }, (_, n) => ({
    name: `volume-${n}`,
    configMap: { name: `config-${n}`, defaultMode: 420 },
  })),
  tolerations: Array.from({ length: 4 }, (_, n) => ({ key: `taint-${n}`, operator: 'Exists', tolerationSeconds: 300 })),
};

if (process.argv.includes(SERVE)) await serve();
else await measure();

async function measure(): Promise<void> {
  loadSources(process.cwd());
  const { createTokenCache, EgressClient, Secret } = await import('@integrations/provider-kit');
  const { createOwnProviders } = await import('@integrations/providers');
  const server = fork(import.meta.filename, [SERVE]);
  const [{ endpoint, bytes }] = (await once(server, 'message')) as [{ endpoint: string; bytes: number }];

  const plugin = createOwnProviders().find(({ provider }) => provider === 'kubernetes')!;
  const clock = { now: () => Date.now() };
  const client = new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'bench' });
  const credential = { present: true, resolve: async () => new Secret(TOKEN), forget: () => undefined };
  const deps = { egress: client.bind({ endpoint }), tokens: createTokenCache(clock), clock, credential };
  const integration = { integrationId: 'bench', tenantId: 'default', endpoint, config: new plugin.config() };
  const agent = new Agent();
  const signal = new AbortController().signal;

  const ours = async (onPage: () => void) => {
    let count = 0;
    let cursor: string | null = null;
    do {
      // A new session, as for each request.
      const { runtime } = plugin.open(integration, deps);
      const query = { limit: PAGE, cursor, q: null, namespace: null, labels: [] };
      const page = await runtime!.listWorkloads(query, signal);
      count += page.items.length;
      cursor = page.nextCursor;
      onPage();
    } while (cursor !== null);
    return count;
  };
  const bare = async (onPage: () => void) => {
    let count = 0;
    let token: string | undefined = '';
    while (token !== undefined) {
      const query = new URLSearchParams({
        fieldSelector: SELECTOR,
        limit: String(PAGE),
        ...(token ? { continue: token } : {}),
      });
      const headers = { authorization: `Bearer ${TOKEN}` };
      const url = `${endpoint}/api/v1/pods?${query}`;
      const { body }: Dispatcher.ResponseData = await request(url, { dispatcher: agent, headers });
      const list = (await body.json()) as { metadata: { continue?: string }; items: unknown[] };
      count += list.items.length;
      token = list.metadata.continue;
      onPage();
    }
    return count;
  };

  const ways = [
    { name: 'ours', list: ours, spent: [] as Spent[] },
    { name: 'undici', list: bare, spent: [] as Spent[] },
  ];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { name, list, spent } of ways) {
      const one = await spend(name, list);
      if (round > 0) spent.push(one); // the first warms up
    }
  }
  const fastest = ways.map(({ spent }) => Math.min(...spent.map(({ ms }) => ms)));
  const ratio = ((fastest[1] ?? NaN) / (fastest[0] ?? NaN)).toFixed(2);
  console.log(
    `${PODS} pods of ${Math.round(bytes / PAGE / 1_000)} kB in pages of ${PAGE}; ours at ${ratio} of undici's rate`,
  );
  for (const { name, spent } of ways) report(name, spent);
  await Promise.all([client.close(), agent.close()]);
  server.kill();
}

interface Spent {
  readonly ms: number;
  readonly cpuMs: number;
  /** Bytes: the maximum growth, and how much the maximum of the last tenth exceeds that of the first. */
  readonly growth: number;
  readonly drift: number;
}

async function spend(name: string, list: (onPage: () => void) => Promise<number>): Promise<Spent> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  const seen: number[] = [];
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const count = await list(() => seen.push(process.memoryUsage.rss()));
  const ms = performance.now() - started;
  if (count !== PODS) throw new Error(`${name} lists ${count} pods`);
  const { user, system } = process.cpuUsage(cpu);
  const tenth = Math.ceil(seen.length / 10);
  const drift = Math.max(...seen.slice(-tenth)) - Math.max(...seen.slice(0, tenth));
  return { ms, cpuMs: (user + system) / 1_000, growth: Math.max(...seen) - before, drift };
}

function report(name: string, spent: readonly Spent[]): void {
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
  const mb = (values: number[]) => `${(median(values) / 1024 / 1024).toFixed(1)} MB`;
  const rate = Math.round((PODS / Math.min(...spent.map(({ ms }) => ms))) * 1_000).toLocaleString('en');
  console.log(
    `  ${name}: ${rate}/s, CPU ${median(spent.map(({ cpuMs }) => cpuMs)).toFixed(0)} ms, ` +
      `resident set grows by ${mb(spent.map(({ growth }) => growth))}, ` +
      `from the first tenth to the last by ${mb(spent.map(({ drift }) => drift))}`,
  );
}

/** The page is prepared beforehand; only the names of pods and the `continue` token differ. */
async function serve(): Promise<void> {
  const items = Array.from({ length: PAGE }, (_, index) => {
    const one = pod('shop', `service-${index}`);
    return {
      ...one,
      metadata: { ...one.metadata, name: `pod-PAGE-${index}`, uid: `uid-PAGE-${index}`, managedFields: FIELDS },
      spec: { ...one.spec, ...SPEC },
    };
  });
  const template = JSON.stringify(items);
  const pageOf = (page: number) => {
    const next = page + 1 < PODS / PAGE ? { continue: String(page + 1) } : {};
    const meta = JSON.stringify({ resourceVersion: '1', ...next });
    return `{"kind":"PodList","apiVersion":"v1","metadata":${meta},"items":${template.replaceAll('PAGE', String(page))}}`;
  };
  const server = createServer(({ url = '/', headers }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const isFine =
      pathname === '/api/v1/pods' &&
      searchParams.get('fieldSelector') === SELECTOR &&
      searchParams.get('limit') === String(PAGE) &&
      headers.authorization === `Bearer ${TOKEN}`;
    response.writeHead(isFine ? 200 : 400, { 'content-type': 'application/json' });
    response.end(isFine ? pageOf(Number(searchParams.get('continue') ?? 0)) : '{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.send?.({ endpoint, bytes: pageOf(0).length });
  process.once('disconnect', () => process.exit());
}
