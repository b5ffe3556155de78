import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from './logger';
import { Scrubber } from './scrubber';
import { standardOutput } from './standard-output';

describe('standardOutput', () => {
  const directory = mkdtempSync(join(tmpdir(), 'log-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('lets the process continue and exit when nothing can be written', async () => {
    const file = join(directory, 'log');
    writeFileSync(file, '');
    const fd = openSync(file, 'r');
    const log = createLogger({ app: 'a', logLevel: 'info', scrubber: new Scrubber(), destination: standardOutput(fd) });
    log.info('one');
    await sleep(100);
    log.info('two');
    log.fatal('end');
    await sleep(100);
    closeSync(fd);
    expect(readFileSync(file, 'utf8')).toBe('');
  });
});
