import { type Command, CommandError, readOptions } from './command';
import { migrate } from './migrate';
import { runCommand } from './run-command';

describe('runCommand', () => {
  const given: unknown[] = [];
  const greet: Command = {
    words: ['greet', 'one'],
    usage: 'greet one --name NAME',
    summary: 'greets',
    run: async (args) => {
      given.push(readOptions(args, { name: { type: 'string' } }, ['name']));
    },
  };
  const fail: Command = {
    words: ['fail'],
    usage: 'fail',
    summary: 'fails',
    run: () => Promise.reject(new Error('the server is away')),
  };
  let printed: string;
  const run = (...args: string[]) => runCommand([greet, fail], args, (text) => (printed += text));

  beforeEach(() => {
    given.length = 0;
    printed = '';
  });

  it('passes the remaining arguments to the command', async () => {
    await run('greet', 'one', '--name', 'Ada');
    expect(given).toEqual([{ name: 'Ada' }]);
    expect(printed).toBe('');
  });

  it.each([[['help']], [['--help']], [['-h']], [['greet', '--help']]])('lists all commands for %j', async (args) => {
    await run(...args);
    expect(printed).toContain('greet one --name NAME');
    expect(printed).toContain('fails');
  });

  it.each([[['greet', 'one', '--help']], [['greet', 'one', '--name', 'Ada', '-h']]])(
    'shows the usage of a command for %j, and does not run it',
    async (args) => {
      await run(...args);
      expect(printed).toBe('  greet one --name NAME\n      greets\n');
      expect(given).toEqual([]);
    },
  );

  it.each([[[]], [['greet']], [['greet', 'two']], [['toString']]])(
    'lists the commands when %j does not name one',
    async (args) => {
      await expect(run(...args)).rejects.toThrow(CommandError);
      await expect(run(...args)).rejects.toThrow('greet one --name NAME');
    },
  );

  it.each([
    [[], '--name is missing'],
    [['--nmae', 'Ada'], "Unknown option '--nmae'"],
    [['--name'], "Option '--name <value>' argument missing"],
    [['--name', 'Ada', 'Bob'], "Unexpected argument 'Bob'"],
  ])('explains what is wrong with %j, and shows the usage', async (args, wrong) => {
    const running = run('greet', 'one', ...args);
    await expect(running).rejects.toThrow(wrong);
    await expect(running).rejects.toThrow(/\n\n {2}greet one --name NAME\n/);
    expect(given).toEqual([]);
  });

  it('passes any other error on unchanged', async () => {
    await expect(run('fail')).rejects.toThrow(/^the server is away$/);
  });

  it('runs no migration when an argument is wrong', async () => {
    await expect(runCommand([migrate], ['migrate', '--dry-run'], () => undefined)).rejects.toThrow(CommandError);
  });
});
