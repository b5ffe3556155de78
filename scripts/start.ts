import { parseArgs } from 'node:util';
import { join, resolve } from 'node:path';
import { build } from './stack/build.ts';
import { showDemo } from './stack/demo.ts';
import { Stack } from './stack/stack.ts';

const USAGE = `Starts Integrations with an embedded PostgreSQL and a nats-server of its own.

  npm start -- [--no-demo] [--port N] [--data-dir DIR]

  --no-demo       do not register the demo integration and post to it
  --port N        the first of five neighbouring ports (default 4700); 0 takes free ones
  --data-dir DIR  where data, keys and stack.json are kept (default .data)

  DATABASE_URL and NATS_URL use servers that run elsewhere instead of the embedded ones.`;

const DEFAULT_PORT = '4700';

async function main(): Promise<void> {
  const options = readOptions();
  const root = resolve(import.meta.dirname, '..');
  await build(root);

  const stack = new Stack({ root, dataDir: resolve(options.dataDir ?? join(root, '.data')), port: options.port });
  const stopping = Promise.withResolvers<string | null>();
  // `on`, not `once`: a second Ctrl-C during the stop, or a closed terminal, must not leave servers behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.resolve(null));
  process.stdout.on('error', () => stopping.resolve(null));
  try {
    await Promise.race([stack.start((reason) => stopping.resolve(reason)), stopping.promise]);
    if (options.demo && stack.started) await Promise.race([showDemo(stack.started), stopping.promise]);
    const failure = await stopping.promise;
    if (failure) throw new Error(failure);
    console.log('\nstopping …');
  } finally {
    await stack.stop();
  }
}

function readOptions(): { demo: boolean; port: number; dataDir: string | undefined } {
  const { values } = parseArgs({
    options: {
      'no-demo': { type: 'boolean', default: false },
      port: { type: 'string', default: DEFAULT_PORT },
      'data-dir': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_530) throw new Error('--port must be a number from 0 to 65530');
  return { demo: !values['no-demo'], port, dataDir: values['data-dir'] };
}

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
