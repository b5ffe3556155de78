// The minimum of a durable post on this machine: a NATS request, a committed row, the two calls to the vendor by bare
// Octokit, the committed outcome of the row, the reply. It has no lanes, keys, budgets, retries or events.
// Usage: node durable-octokit.ts NATS_URL DATABASE_URL URL PRIVATE_KEY_FILE; answers on `bench.durable`, ends with stdin.
import { connect } from '@nats-io/transport-node';
import { Pool } from 'pg';
import { octokitStatus } from './octokit-status.ts';

const [servers = '', connectionString = '', url = '', keyFile = ''] = process.argv.slice(2);
const post = await octokitStatus({ url, keyFile });
const pool = new Pool({ connectionString, max: 10 });
await pool.query('CREATE TABLE bench_operation (commit bigint PRIMARY KEY, request jsonb, outcome jsonb)');
const nats = await connect({ servers });

nats.subscribe('bench.durable', {
  callback: (_, message) => {
    void carryOut(message.json<{ commitSha: string }>()).then(() => message.respond('{"success":true}'));
  },
});
await nats.flush();
process.stdout.write('ready\n');
process.stdin.resume().once('end', () => process.exit(0));

async function carryOut(request: { readonly commitSha: string }): Promise<void> {
  const commit = parseInt(request.commitSha, 16);
  await pool.query({
    name: 'accept',
    text: 'INSERT INTO bench_operation (commit, request) VALUES ($1, $2)',
    values: [commit, JSON.stringify(request)],
  });
  await post(commit);
  await pool.query({
    name: 'end',
    text: 'UPDATE bench_operation SET outcome = $2 WHERE commit = $1',
    values: [commit, JSON.stringify({ state: 'succeeded', request })],
  });
}
