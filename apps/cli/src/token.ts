import { ApiTokenRepository, AuditRepository } from '@integrations/database';
import { API_SCOPES, type ApiScope, hashApiToken, newApiToken } from '@integrations/secrets';
import { isUUID } from 'class-validator';
import { auditEntry } from './audit-entry';
import { type Command, CommandError, readOptions, requireTenant } from './command';
import { withDatabase } from './database';

const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}$/;

export const createToken: Command = {
  words: ['token', 'create'],
  usage: 'token create --name NAME --scope SCOPE [--scope SCOPE …] [--tenant TENANT]',
  summary: `creates an API token and prints it; it cannot be shown again; scopes: all, ${API_SCOPES.join(', ')}`,
  async run(args) {
    const {
      name = '',
      tenant,
      scope = [],
    } = readOptions(
      args,
      {
        name: { type: 'string' },
        scope: { type: 'string', multiple: true },
        tenant: { type: 'string', default: 'default' },
      },
      ['name', 'scope'],
    );
    if (!NAME_PATTERN.test(name)) throw new CommandError('--name must be 1 to 100 letters, digits, spaces or ._-');
    requireTenant(tenant);
    const scopes = scopesOf(scope);

    const token = newApiToken();
    await withDatabase((database) =>
      database.transaction(async (tx) => {
        const row = { name, tenantId: tenant, scopes, tokenHash: hashApiToken(token) };
        const tokenId = await new ApiTokenRepository(database).insert(row, tx);
        const entry = auditEntry(tenant, 'token.created', { tokenId, name, scopes });
        await new AuditRepository(database).append(entry, tx);
      }),
    );
    process.stdout.write(`${token}\n`);
  },
};

export const listTokens: Command = {
  words: ['token', 'list'],
  usage: 'token list [--tenant TENANT]',
  summary: "lists the tenant's API tokens, oldest first, one line of JSON each; the tokens themselves are not stored",
  async run(args) {
    const { tenant } = readOptions(args, { tenant: { type: 'string', default: 'default' } });
    requireTenant(tenant);
    const tokens = await withDatabase((database) => new ApiTokenRepository(database).list(tenant));
    for (const { id, name, scopes, createdAt } of tokens) {
      process.stdout.write(`${JSON.stringify({ id, name, scopes, createdAt })}\n`);
    }
  },
};

export const revokeToken: Command = {
  words: ['token', 'revoke'],
  usage: 'token revoke --id ID [--tenant TENANT]',
  summary: 'revokes an API token permanently, effective at once; "token list" shows its ID',
  async run(args) {
    const { id = '', tenant } = readOptions(
      args,
      { id: { type: 'string' }, tenant: { type: 'string', default: 'default' } },
      ['id'],
    );
    if (!isUUID(id)) throw new CommandError('--id must be a UUID, as shown by "token list"');
    requireTenant(tenant);
    const revoked = await withDatabase((database) =>
      database.transaction(async (tx) => {
        const token = await new ApiTokenRepository(database).remove(tenant, id, tx);
        if (!token) return null;
        const entry = auditEntry(tenant, 'token.revoked', { tokenId: id, name: token.name });
        await new AuditRepository(database).append(entry, tx);
        return token;
      }),
    );
    if (!revoked) throw new Error(`tenant ${tenant} has no API token ${id}`);
    process.stdout.write(`${revoked.name} revoked\n`);
  },
};

function scopesOf(names: readonly string[]): readonly ApiScope[] {
  const known: readonly string[] = ['all', ...API_SCOPES];
  if (!names.every((name) => known.includes(name)))
    throw new CommandError(`--scope must be one of: all, ${API_SCOPES.join(', ')}`);
  return names.includes('all') ? API_SCOPES : API_SCOPES.filter((scope) => names.includes(scope));
}
