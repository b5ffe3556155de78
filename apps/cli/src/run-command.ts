import { type Command, CommandError } from './command';

/** Runs the command that the arguments begin with, or prints help. Throws CommandError if the arguments are invalid. */
export async function runCommand(
  commands: readonly Command[],
  args: readonly string[],
  print: (text: string) => void,
): Promise<void> {
  const command = commands.find(({ words }) => words.every((word, index) => args[index] === word));
  const usage = command ? describe(command) : `integrations <command>\n\n${commands.map(describe).join('')}`;
  if (args[0] === 'help' || args.includes('--help') || args.includes('-h')) return print(usage);
  if (!command) throw new CommandError(args.length === 0 ? usage : `unknown command\n\n${usage}`);
  try {
    await command.run(args.slice(command.words.length));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(`${error.message}\n\n${usage}`, { cause: error });
  }
}

function describe({ usage, summary }: Command): string {
  return `  ${usage}\n      ${summary}\n`;
}
