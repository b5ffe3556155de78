import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, type Dispatcher, request } from 'undici';
import { loadSources } from '../../scripts/docs/load-sources.ts';

/**
 * `node test/bench/registry.ts`: lists 100,000 tags in pages of 1,000, and resolves 1,000 tags with 32 in flight, alternately
 * by our client and by bare undici, from a registry in its own process. Our client gets a token and checks every name, link
 * and digest; undici does none of that. Rates are of the fastest round, which other load on the machine disturbs least. CPU
 * time is this process's, as a median. Memory is the maximum growth of the resident set while listing.
 */
const TAGS = 100_000;
const PAGE = 1_000;
const RESOLVED = 1_000;
const IN_FLIGHT = 32;
const ROUNDS = 15;
const REPOSITORY = 'team/app';
const SERVE = '--serve';
const AUTHORIZED = { authorization: `Basic ${Buffer.from('bench:bench').toString('base64')}` };

if (process.argv.includes(SERVE)) await serve();
else await measure();

async function measure(): Promise<void> {
  loadSources(process.cwd());
  const { ChallengeAuthorizer, createTokenCache, EgressClient, OciRegistry } =
    await import('@integrations/provider-kit');
  const server = fork(import.meta.filename, [SERVE]);
  const [endpoint] = (await once(server, 'message')) as [string];

  const clock = { now: () => Date.now() };
  const client = new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'bench' });
  const deps = { egress: client.bind({ endpoint }), tokens: createTokenCache(clock), clock };
  const credentials = {
    get: async () => ({ kind: 'basic', username: 'bench', password: 'bench' }) as const,
    forget: () => undefined,
  };
  const common = { endpoint, product: 'The registry', deps };
  const registry = new OciRegistry({ ...common, authorizer: new ChallengeAuthorizer({ ...common, credentials }) });
  const agent = new Agent();
  const signal = new AbortController().signal;

  const ours = {
    list: async () => {
      let count = 0;
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof registry.listTags>> = await registry.listTags(
          REPOSITORY,
          { limit: PAGE, cursor, q: null },
          signal,
        );
        count += page.items.length;
        cursor = page.nextCursor;
      } while (cursor !== null);
      return count;
    },
    resolve: async (tag: string) => {
      const { digest } = await registry.resolveDigest(REPOSITORY, tag, { platform: null }, signal);
      return digest;
    },
  };
  const bare = {
    list: async () => {
      let count = 0;
      let path: string | undefined = `/v2/${REPOSITORY}/tags/list?n=${PAGE}`;
      while (path !== undefined) {
        const page: Dispatcher.ResponseData = await request(`${endpoint}${path}`, {
          dispatcher: agent,
          headers: AUTHORIZED,
        });
        count += ((await page.body.json()) as { tags: string[] }).tags.length;
        path = /^<([^>]+)>/.exec(String(page.headers['link'] ?? ''))?.[1];
      }
      return count;
    },
    resolve: async (tag: string) => {
      const url = `${endpoint}/v2/${REPOSITORY}/manifests/${tag}`;
      const { body, headers } = await request(url, { dispatcher: agent, method: 'HEAD', headers: AUTHORIZED });
      await body.dump();
      return String(headers['docker-content-digest']);
    },
  };

  const times = {
    list: { ours: [] as Spent[], bare: [] as Spent[] },
    resolve: { ours: [] as Spent[], bare: [] as Spent[] },
  };
  let growth = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, way] of [
      ['ours', ours],
      ['bare', bare],
    ] as const) {
      globalThis.gc?.();
      const before = process.memoryUsage.rss();
      let peak = before;
      const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
      const listed = await timed(async () => {
        if ((await way.list()) !== TAGS) throw new Error(`${name} lists another number of tags`);
      });
      clearInterval(watch);
      const resolved = await timed(() => inFlight(RESOLVED, (index) => way.resolve(`tag-${index}`)));
      if (round === 0) continue; // warms up
      if (name === 'ours') growth = Math.max(growth, peak - before);
      times.list[name].push(listed);
      times.resolve[name].push(resolved);
    }
  }
  report(`${TAGS} tags in pages of ${PAGE}`, TAGS, times.list);
  report(`${RESOLVED} tags resolved, ${IN_FLIGHT} in flight`, RESOLVED, times.resolve);
  console.log(`resident set grows by ${(growth / 1024 / 1024).toFixed(1)} MB at most while ours lists`);
  await Promise.all([client.close(), agent.close()]);
  server.kill();
}

interface Spent {
  readonly ms: number;
  readonly cpuMs: number;
}

async function timed(work: () => Promise<unknown>): Promise<Spent> {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - started, cpuMs: (user + system) / 1_000 };
}

async function inFlight(count: number, work: (index: number) => Promise<string>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const digest = await work(next++);
      if (!digest.startsWith('sha256:')) throw new Error('that is no digest');
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

function report(what: string, count: number, { ours, bare }: { ours: Spent[]; bare: Spent[] }): void {
  const fastest = (all: Spent[]) => Math.min(...all.map(({ ms }) => ms));
  const cpu = (all: Spent[]) => all.map(({ cpuMs }) => cpuMs).toSorted((a, b) => a - b)[all.length >> 1] ?? NaN;
  const rate = (ms: number) => `${Math.round((count / ms) * 1_000).toLocaleString('en')}/s`;
  const [mine, theirs] = [fastest(ours), fastest(bare)];
  console.log(`${what}: ours ${rate(mine)}, undici ${rate(theirs)}, ratio ${(theirs / mine).toFixed(2)}`);
  console.log(`  CPU: ours ${cpu(ours).toFixed(0)} ms, undici ${cpu(bare).toFixed(0)} ms`);
}

/** A registry with basic authentication, whose pages and digests are prepared beforehand. */
async function serve(): Promise<void> {
  const pages = Array.from({ length: TAGS / PAGE }, (_, page) => {
    const tags = Array.from(
      { length: PAGE },
      (_, index) => `v1.${page}.${String(index).padStart(4, '0')}-build.${page * index}`,
    );
    return { body: JSON.stringify({ name: REPOSITORY, tags }), last: tags.at(-1) ?? '' };
  });
  const next = new Map(pages.map(({ last }, index) => [last, index + 1]));
  const manifest = {
    'content-type': 'application/vnd.oci.image.manifest.v1+json',
    'docker-content-digest': `sha256:${'a'.repeat(64)}`,
    'content-length': '1024',
  };
  const server = createServer(({ method, url, headers }, response) => {
    if (headers.authorization === undefined) {
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="bench"' }).end();
    }
    if (method === 'HEAD') return void response.writeHead(200, manifest).end();
    const last = new URL(url ?? '/', 'http://localhost').searchParams.get('last');
    const index = last === null ? 0 : (next.get(last) ?? 0);
    const { body, last: end } = pages[index]!;
    const path = `/v2/${REPOSITORY}/tags/list?last=${encodeURIComponent(end)}&n=${PAGE}`;
    const link = index + 1 < pages.length ? { link: `<${path}>; rel="next"` } : {};
    response.writeHead(200, { 'content-type': 'application/json', ...link }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}
