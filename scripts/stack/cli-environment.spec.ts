import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliEnvironment } from './cli-environment';

describe('the command line beside a stack', () => {
  const databaseUrl = 'postgres://integrations:pw@127.0.0.1:4703/integrations';
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'integrations-test-'));
    writeFileSync(join(dataDir, 'stack.json'), JSON.stringify({ databaseUrl }));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it.each([[{}], [{ DATABASE_URL: databaseUrl }]])('has its database and its keys if the environment is %j', (env) => {
    expect(cliEnvironment(dataDir, env)).toEqual({
      DATABASE_URL: databaseUrl,
      SECRETS_MASTER_KEY_FILE: join(dataDir, 'master.key'),
      AUDIT_KEY_FILE: join(dataDir, 'audit.key'),
    });
  });

  it('has none of its keys if the environment names another database', () => {
    expect(cliEnvironment(dataDir, { DATABASE_URL: 'postgres://elsewhere/integrations' })).toEqual({});
  });

  it('has nothing if no stack runs', () => {
    rmSync(join(dataDir, 'stack.json'));
    expect(cliEnvironment(dataDir, {})).toEqual({});
  });
});
