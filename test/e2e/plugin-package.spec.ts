import { execSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RPC } from '@integrations/contracts';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type AppProcess, startApp } from '../support/app-process';
import { FakeForge, TOKEN } from '../support/example-plugin/fake-forge';
import { Platform } from './platform';

const NAME = '@acme/integrations-forge';
const PAGE = readFileSync('docs/adding-a-provider.md', 'utf8');

describe('a plugin in a separate package, made as docs/adding-a-provider.md says', () => {
  const directory = resolve('dist/node_modules', NAME);
  let platform: Platform;
  let forge: FakeForge;
  let worker: AppProcess;
  let caller: NatsConnection;

  beforeAll(async () => {
    make(directory);
    [platform, forge] = await Promise.all([Platform.start(), FakeForge.start()]);
    worker = await startApp('health-worker', { ...platform.env, PROVIDER_PLUGINS: NAME, EGRESS_ALLOW: '127.0.0.1/32' });
    caller = await connect({ servers: platform.nats.url });
  });
  afterAll(async () => {
    await caller.close();
    await worker.stop();
    await forge.close();
    await platform.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** The worker's reply to a test of the example with this secret and config. */
  async function test(secret: string, config: object): Promise<unknown> {
    const authRef = platform.storeSecret('forge', secret);
    const draft = { provider: 'forge', endpoint: forge.url, authRef, config, requestedBy: 'spec' };
    const reply = await caller.request(RPC.probeDraft, JSON.stringify(draft), { timeout: 30_000 });
    return reply.json();
  }

  it("is loaded, tests its vendor, and recognises the platform's error class as its own", async () => {
    expect(worker.log()).not.toContain('provider plugin not used');
    expect(await test(TOKEN, { workspace: 'acme' })).toMatchObject({
      result: { code: 'ok', message: 'Connected as scanner' },
    });
    expect(await test('wrong', { workspace: 'acme' })).toMatchObject({ result: { code: 'credential_invalid' } });
  });

  it('has its config validated by its own DTO', async () => {
    const message = 'must be the short name of a workspace';
    expect(await test(TOKEN, { workspace: 'A C M E' })).toMatchObject({
      errorCode: 'invalid_request',
      details: [{ field: 'config.workspace', message }],
    });
  });
});

/** Follows the page's own instructions, with the example in place of the author's folder. */
function make(directory: string): void {
  const entry = join(directory, 'src/index.ts');
  mkdirSync(join(directory, 'src'), { recursive: true });
  writeFileSync(
    entry,
    found(/`(export \{ createForgePlugin .*?)`/).replace('./plugin', resolve('test/support/example-plugin/plugin.ts')),
  );
  writeFileSync(join(directory, 'package.json'), found(/```json\n(.*?)```/s));
  const command = found(/```sh\n(npx rolldown .*?)```/s);
  execSync(command.replace('libs/providers/src/forge/index.ts', entry).replace('../integrations-forge', directory));
}

function found(pattern: RegExp): string {
  const text = pattern.exec(PAGE)?.[1];
  if (text === undefined) throw new Error(`the page holds no ${pattern.source}`);
  return text;
}
