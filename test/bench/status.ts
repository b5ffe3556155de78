// Round trip of a status request: NATS request → dispatcher (ledger, outbox, post) → reply, against a fake GitHub without
// latency; beside it, in the same run, a bare Octokit script making the same calls. PostgreSQL and NATS are durable.
//   npm run build && npm run bench -- [COUNT] [CONCURRENCY]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from '@nats-io/transport-node';
import { run } from '../../scripts/stack/child.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { inFlight, type LoadFigures } from './load.ts';
import { cpuSeconds, startStack } from './stack.ts';

const COUNT = Number(process.argv[2] ?? 3_000);
const CONCURRENCY = Number(process.argv[3] ?? 32);
const WARM_UP = 300;
const ROUNDS = 3;

interface Figures extends LoadFigures {
  readonly cpuMsPerOperation: number;
}

const directory = temporaryDirectory();
const perRound = COUNT + WARM_UP;
const github = spawn(process.execPath, ['test/bench/fake-github.ts', String(2 * ROUNDS * perRound)], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const [line] = (await once(createInterface({ input: github.stdout }), 'line')) as [string];
const { url, privateKey } = JSON.parse(line) as { url: string; privateKey: string };
const keyFile = join(directory, 'key.pem');
writeFileSync(keyFile, privateKey);

const dataDir = join(directory, 'data');
mkdirSync(join(dataDir, 'secrets', 'default'), { recursive: true });
writeFileSync(join(dataDir, 'secrets', 'default', 'key.pem'), privateKey);
const described = await startStack(dataDir);
try {
  const integrationId = await register();
  const ours: Figures[] = [];
  const octokits: Figures[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const first = 2 * round * perRound;
    ours.push(await throughDispatcher(integrationId, first));
    octokits.push(await throughOctokit(first + perRound));
  }
  report(ours, octokits);
} finally {
  await described.stop();
  github.stdin.end();
  rmSync(directory, { recursive: true, force: true });
}

async function throughDispatcher(integrationId: string, first: number): Promise<Figures> {
  const nats = await connect({ servers: described.natsUrl });
  const post = async (index: number): Promise<void> => {
    const request = {
      integrationId,
      owner: 'acme',
      repository: 'webshop',
      commitSha: (first + index).toString(16).padStart(40, '0'),
      state: 'success',
      context: 'bench',
    };
    const reply = await nats.request('integrations.v1.rpc.scm.status', JSON.stringify(request), { timeout: 30_000 });
    const { success, errorMessage } = reply.json<{ success: boolean; errorMessage: string | null }>();
    if (!success) throw new Error(errorMessage ?? 'failed');
  };
  await inFlight(WARM_UP, CONCURRENCY, post);
  const before = await cpuSeconds(described.urls['annotation-dispatcher']);
  const figures = await inFlight(COUNT, CONCURRENCY, (index) => post(WARM_UP + index));
  const cpu = (await cpuSeconds(described.urls['annotation-dispatcher'])) - before;
  await nats.close();
  return { ...figures, cpuMsPerOperation: (cpu * 1_000) / COUNT };
}

async function throughOctokit(first: number): Promise<Figures> {
  const args = ['test/bench/octokit.ts', url, keyFile, String(first), String(COUNT), String(CONCURRENCY)];
  const { code, output } = await run(process.execPath, args);
  if (code !== 0) throw new Error(output);
  return JSON.parse(output) as Figures;
}

async function register(): Promise<string> {
  const response = await fetch(`${described.apiUrl}/integrations`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${described.token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      name: 'bench',
      type: 'scm',
      provider: 'github_app',
      endpoint: url,
      authRef: 'authref://file/key.pem',
      config: { appId: 1, installationId: 1 },
    }),
  });
  if (!response.ok) throw new Error(await response.text());
  return ((await response.json()) as { id: string }).id;
}

function report(ours: readonly Figures[], octokits: readonly Figures[]): void {
  const rows = { dispatcher: median(ours), 'bare octokit': median(octokits) };
  console.table(
    Object.fromEntries(
      Object.entries(rows).map(([name, { perSecond, p50, p99, cpuMsPerOperation }]) => [
        name,
        {
          'operations/s': Math.round(perSecond),
          'p50 ms': Number(p50.toFixed(1)),
          'p99 ms': Number(p99.toFixed(1)),
          'CPU ms/operation': Number(cpuMsPerOperation.toFixed(2)),
        },
      ]),
    ),
  );
  const ratio = rows.dispatcher.cpuMsPerOperation / rows['bare octokit'].cpuMsPerOperation;
  console.log(`${COUNT} operations, ${CONCURRENCY} in flight, medians of ${ROUNDS} rounds`);
  console.log(`CPU per operation, dispatcher beside bare octokit: ${ratio.toFixed(2)}`);
}

function median(rounds: readonly Figures[]): Figures {
  const middle = [...rounds].sort((a, b) => a.perSecond - b.perSecond)[Math.floor(rounds.length / 2)];
  if (!middle) throw new Error('no rounds');
  return middle;
}
