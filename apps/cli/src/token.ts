import { TENANT_PATTERN } from '@integrations/contracts';
import { ApiTokenRepository, AuditRepository } from '@integrations/database';
import { API_SCOPES, type ApiScope, hashApiToken, newApiToken } from '@integrations/secrets';
import { type Command, CommandError, readOptions } from './command';
import { withDatabase } from './database';

const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}$/;

export const createToken: Command = {
  words: ['token', 'create'],
  usage: 'token create --name NAME --scope SCOPE [--scope SCOPE …] [--tenant TENANT]',
  summary: `makes an API token and prints it, the only time it can be seen; scopes: all, ${API_SCOPES.join(', ')}`,
  async run(args) {
    const { name, tenant, scope } = readOptions(
      args,
      {
        name: { type: 'string' },
        scope: { type: 'string', multiple: true },
        tenant: { type: 'string', default: 'default' },
      },
      ['name', 'scope'],
    );
    if (!NAME_PATTERN.test(name ?? ''))
      throw new CommandError('--name must be 1 to 100 letters, digits, spaces or ._-');
    if (!TENANT_PATTERN.test(tenant)) throw new CommandError('--tenant must be lower-case letters, digits, _ or -');
    const scopes = scopesOf(scope ?? []);

    const token = newApiToken();
    await withDatabase((database) =>
      database.transaction(async (tx) => {
        const row = { name: name ?? '', tenantId: tenant, scopes, tokenHash: hashApiToken(token) };
        const tokenId = await new ApiTokenRepository(database).insert(row, tx);
        await new AuditRepository(database).append(
          {
            tenantId: tenant,
            actor: 'cli',
            app: 'cli',
            action: 'token.created',
            integrationId: null,
            outcome: 'succeeded',
            detail: { tokenId, name, scopes },
          },
          tx,
        );
      }),
    );
    process.stdout.write(`${token}\n`);
  },
};

function scopesOf(names: readonly string[]): readonly ApiScope[] {
  if (names.includes('all')) return API_SCOPES;
  const unknown = names.find((name) => !API_SCOPES.some((scope) => scope === name));
  if (unknown !== undefined) throw new CommandError(`--scope must be one of: all, ${API_SCOPES.join(', ')}`);
  return API_SCOPES.filter((scope) => names.includes(scope));
}
