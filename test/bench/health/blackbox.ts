import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { request } from 'undici';
import { startChild, stopChild, until } from '../../../scripts/stack/child.ts';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { inFlight } from '../load.ts';
import { cpuSecondsOf } from './children.ts';

const NAME = 'prometheus-blackbox-exporter';

export interface Blackbox {
  /** CPU seconds for `count` probes of a target. */
  probe(url: string, count: number, concurrency: number): Promise<number>;
  stop(): Promise<void>;
}

/** The baseline for fresh connections, from Debian's package. Null if it is not installed. */
export async function startBlackbox(caFile: string): Promise<Blackbox | null> {
  const directories = (process.env.PATH ?? '').split(delimiter);
  const binary = directories.map((directory) => join(directory, NAME)).find((path) => existsSync(path));
  if (!binary) return null;
  const config = join(mkdtempSync(join(tmpdir(), 'blackbox-')), 'blackbox.yml');
  const http = { preferred_ip_protocol: 'ip4', tls_config: { ca_file: caFile } };
  // JSON is valid YAML.
  writeFileSync(config, JSON.stringify({ modules: { http: { prober: 'http', timeout: '5s', http } } }));
  const address = `127.0.0.1:${await freePorts(1)}`;
  const child = startChild(binary, [`--config.file=${config}`, `--web.listen-address=${address}`], { stdio: 'ignore' });
  const probe = async (url: string): Promise<void> => {
    const target = `http://${address}/probe?module=http&target=${encodeURIComponent(url)}`;
    const text = await (await request(target)).body.text();
    if (!text.includes('probe_success 1')) throw new Error(`${NAME} cannot probe ${url}:\n${text}`);
  };
  await until(async () => void (await request(`http://${address}/`)).body.dump(), { timeoutMs: 10_000 });
  return {
    probe: async (url, count, concurrency) => {
      await inFlight(concurrency, concurrency, () => probe(url));
      const before = cpuSecondsOf(child.pid ?? 0);
      await inFlight(count, concurrency, () => probe(url));
      return cpuSecondsOf(child.pid ?? 0) - before;
    },
    stop: () => stopChild(child, 'SIGTERM', 2_000),
  };
}
