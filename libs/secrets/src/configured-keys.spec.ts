import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configuredClientSecret } from './configured-keys';

describe('configuredClientSecret', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'client-secret-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const secretIn = (content: string, mode: number) => {
    const consoleOidcClientSecretFile = join(directory, 'secret');
    writeFileSync(consoleOidcClientSecretFile, content, { mode });
    return configuredClientSecret({ consoleOidcClientSecretFile });
  };

  it('reads the secret without its final line break, and returns null if no file is configured', () => {
    expect(secretIn('hunter2hunter2\n', 0o600)?.reveal()).toBe('hunter2hunter2');
    expect(configuredClientSecret({})).toBeNull();
  });

  it.each([
    ['with mode 0644', 'hunter2hunter2', 0o644],
    ['that is empty', '\n', 0o600],
    ['with two lines', 'hunter2\nhunter2', 0o600],
  ])('refuses a file %s, naming the setting', (_what, content, mode) => {
    expect(() => secretIn(content, mode)).toThrow('CONSOLE_OIDC_CLIENT_SECRET_FILE: must name a');
    expect(() => secretIn(content, mode)).not.toThrow('hunter2');
  });

  it('refuses a missing file', () => {
    const missing = { consoleOidcClientSecretFile: '/no/such/file' };
    expect(() => configuredClientSecret(missing)).toThrow('cannot be opened (ENOENT)');
  });
});
