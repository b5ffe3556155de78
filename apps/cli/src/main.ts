import { exitStatusOf } from '@integrations/config';
import { verifyAudit } from './audit';
import { CommandError, type Command } from './command';
import { migrate } from './migrate';
import { runCommand } from './run-command';
import { createToken, listTokens, revokeToken } from './token';
import { rewrapSecrets } from './rewrap';
import { putSecret } from './secret';
import { endWhenOutputCloses } from './output-closed';
import { whyOf } from './why';

const COMMANDS: readonly Command[] = [
  migrate,
  createToken,
  listTokens,
  revokeToken,
  putSecret,
  rewrapSecrets,
  verifyAudit,
];

const EX_USAGE = 64;

endWhenOutputCloses(process.stdout, (why) => {
  process.stderr.write(why);
  process.exit(1);
});
try {
  await runCommand(COMMANDS, process.argv.slice(2), (text) => process.stdout.write(text));
} catch (error) {
  process.stderr.write(`${whyOf(error)}\n`);
  process.exitCode = error instanceof CommandError ? EX_USAGE : exitStatusOf(error);
}
