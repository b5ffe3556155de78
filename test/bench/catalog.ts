// The catalog with 1,000 and with 100,000 registrations in 50 tenants. Measures get, list-of-one and list pages over REST;
// catalog.get over NATS, compared in the same run with a bare NATS echo that runs one indexed SELECT with pg; and the memory
// of each app at the end.
//   npm run build && node test/bench/catalog.ts [REQUESTS] [CONCURRENCY]
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { Client, Pool } from 'pg';
import { temporaryDirectory } from '../support/temporary.ts';
import { inFlight, type LoadFigures } from './load.ts';
import { residentMb, startStack } from './stack.ts';

const REQUESTS = Number(process.argv[2] ?? 3_000);
const CONCURRENCY = Number(process.argv[3] ?? 8);
/** Requests over NATS alternate with those to the echo, so that other load on the machine affects both. */
const TURNS = 6;
const TENANTS = 50;
const SIZES = [1_000, 100_000];

const directory = temporaryDirectory();
const stack = await startStack(join(directory, 'data'));
const database = new Client({ connectionString: stack.databaseUrl });
await database.connect();
const nats = await connect({ servers: stack.natsUrl });
const pool = new Pool({ connectionString: stack.databaseUrl, max: 10 });
try {
  for (const size of SIZES) await measure(size);
  console.table(
    Object.fromEntries(
      await Promise.all(
        Object.entries(stack.urls).map(async ([app, url]) => [app, { 'RSS MB': Math.round(await residentMb(url)) }]),
      ),
    ),
  );
} finally {
  await Promise.all([nats.close(), database.end(), pool.end()]);
  await stack.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function measure(size: number): Promise<void> {
  await fill(size);
  const { rows } = await database.query<{ id: string }>(
    `SELECT id FROM integration WHERE tenant_id = 'default' ORDER BY random() LIMIT 500`,
  );
  const idAt = (index: number): string => rows[index % rows.length]?.id ?? '';
  const echo = nats.subscribe('bench.echo', {
    callback: (_, message) => {
      const { integrationId } = message.json<{ integrationId: string }>();
      void pool
        .query({ name: 'echo', text: 'SELECT * FROM integration WHERE id = $1', values: [integrationId] })
        .then(({ rows: [found] }) => message.respond(JSON.stringify(found)));
    },
  });
  const figures: Record<string, LoadFigures> = {
    'GET /integrations/{id}': await load((index) => rest(`/integrations/${idAt(index)}`)),
    'GET /integrations?limit=1': await load(() => rest('/integrations?limit=1')),
    'GET /integrations?limit=50': await load(() => rest('/integrations?limit=50')),
  };
  const overNats = {
    'catalog.get over NATS': 'integrations.v1.rpc.catalog.get',
    'bare echo with one SELECT': 'bench.echo',
  };
  const turns: Record<string, LoadFigures[]> = {};
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [name, subject] of Object.entries(overNats)) {
      const figure = await inFlight(REQUESTS / TURNS, CONCURRENCY, (index) => ask(subject, idAt(index)));
      (turns[name] ??= []).push(figure);
    }
  }
  for (const [name, figuresOfTurns] of Object.entries(turns)) figures[name] = middleOf(figuresOfTurns);
  echo.unsubscribe();
  console.log(`\n${size} registrations in ${TENANTS} tenants, ${REQUESTS} requests, ${CONCURRENCY} in flight`);
  console.table(
    Object.fromEntries(
      Object.entries(figures).map(([name, { perSecond, p50, p99 }]) => [
        name,
        { 'requests/s': Math.round(perSecond), 'p50 ms': Number(p50.toFixed(2)), 'p99 ms': Number(p99.toFixed(2)) },
      ]),
    ),
  );
  const [get, bare] = Object.keys(overNats).map((name) => figures[name]?.perSecond ?? 0);
  console.log(`catalog.get beside the bare echo: ${((get ?? 0) / (bare ?? 1)).toFixed(2)}`);
}

/** The turn of median speed. */
function middleOf(turns: readonly LoadFigures[]): LoadFigures {
  const middle = turns.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(turns.length / 2)];
  if (!middle) throw new Error('no turns');
  return middle;
}

function load(work: (index: number) => Promise<void>): Promise<LoadFigures> {
  return inFlight(REQUESTS, CONCURRENCY, work);
}

async function rest(path: string): Promise<void> {
  const response = await fetch(`${stack.apiUrl}${path}`, { headers: { authorization: `Bearer ${stack.token}` } });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  await response.arrayBuffer();
}

async function ask(subject: string, integrationId: string): Promise<void> {
  const reply = await nats.request(subject, JSON.stringify({ integrationId }), { timeout: 10_000 });
  if (reply.json<{ success?: boolean }>().success === false) throw new Error(reply.string());
}

/** The registrations are disabled, so that nothing is probed: this bench measures the catalog alone. */
async function fill(size: number): Promise<void> {
  await database.query(
    `INSERT INTO integration (id, tenant_id, name, type, provider, endpoint, config, tags, enabled, interval_seconds)
     SELECT gen_random_uuid(), CASE WHEN n % $2 = 0 THEN 'default' ELSE 'tenant' || n % $2 END, 'bench ' || n, 'scm',
            'in_memory', 'memory://local', '{}', ARRAY['bench'], false, 60
     FROM generate_series((SELECT count(*) FROM integration) + 1, $1) AS n`,
    [size, TENANTS],
  );
  await database.query('ANALYZE');
}
