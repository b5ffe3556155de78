// The baseline for reused connections: a bare undici Agent in a loop. Prints the CPU seconds that it used.
// Usage: node undici-loop.ts URL COUNT CONCURRENCY
import { Agent } from 'undici';
import { inFlight } from '../load.ts';

const [url = '', count = '0', concurrency = '1'] = process.argv.slice(2);
const agent = new Agent({ connections: Number(concurrency) });
const { origin } = new URL(url);
const get = async (index: number): Promise<void> => {
  const { body } = await agent.request({ origin, path: `/${index}`, method: 'GET' });
  await body.dump();
};
await inFlight(Number(count), Number(concurrency), get); // warm-up: opens the connections and lets V8 compile
const before = process.cpuUsage();
await inFlight(Number(count), Number(concurrency), get);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1_000_000);
await agent.close();
