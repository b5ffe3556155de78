import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database';
import type { Transaction } from '../transaction';
import { ApiTokenEntity } from './api-token.entity';

/** A machine's access to the API. The token itself is not stored, and its hash does not leave this lib. */
export interface ApiTokenRow {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
}

export interface NewApiToken {
  readonly tenantId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly tokenHash: string;
}

export class ApiTokenRepository {
  constructor(private readonly database: Database) {}

  /** Returns the id. */
  async insert({ tenantId, name, scopes, tokenHash }: NewApiToken, tx?: Transaction): Promise<string> {
    const id = uuidv7();
    await this.database
      .ofTenant(tenantId, tx)
      .insert(ApiTokenEntity, { id, tenantId, name, scopes: [...scopes], tokenHash });
    return id;
  }

  /** Oldest first. */
  async list(tenantId: string): Promise<ApiTokenRow[]> {
    const found = await this.database
      .ofTenant(tenantId)
      .find(ApiTokenEntity, { where: { tenantId }, order: { id: 'ASC' } });
    return found.map(toRow);
  }

  /** Returns the removed token; null if the tenant has no such token. */
  async remove(tenantId: string, id: string, tx: Transaction): Promise<ApiTokenRow | null> {
    const manager = this.database.ofTenant(tenantId, tx);
    const found = await manager.findOneBy(ApiTokenEntity, { tenantId, id });
    const { affected } = await manager.delete(ApiTokenEntity, { tenantId, id });
    return found && affected === 1 ? toRow(found) : null;
  }

  async findByHash(tokenHash: string): Promise<ApiTokenRow | null> {
    const found = await this.database.ofAllTenants().findOneBy(ApiTokenEntity, { tokenHash });
    return found && toRow(found);
  }
}

function toRow({ tokenHash: _, ...row }: ApiTokenEntity): ApiTokenRow {
  return row;
}
