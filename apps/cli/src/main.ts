import { ConfigError } from '@integrations/config';
import { verifyAudit } from './audit';
import { CommandError, type Command } from './command';
import { migrate } from './migrate';
import { createToken } from './token';
import { rewrapSecrets } from './rewrap';
import { putSecret } from './secret';

const COMMANDS: readonly Command[] = [migrate, createToken, putSecret, rewrapSecrets, verifyAudit];

const usage = `integrations <command>

${COMMANDS.map(({ usage: line, summary }) => `  ${line}\n      ${summary}`).join('\n')}
`;

const EX_USAGE = 64;
const EX_CONFIG = 78;

async function main(args: readonly string[]): Promise<void> {
  const command = COMMANDS.find(({ words }) => words.every((word, index) => args[index] === word));
  if (!command) throw new CommandError(args.length === 0 ? usage : `unknown command\n\n${usage}`);
  await command.run(args.slice(command.words.length));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`);
  process.exitCode = error instanceof ConfigError ? EX_CONFIG : error instanceof CommandError ? EX_USAGE : 1;
}
