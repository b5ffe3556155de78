import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

/** SQL condition: the server accepts writes, unlike a standby that is not promoted. */
export const IS_WRITABLE = `current_setting('transaction_read_only') = 'off'`;

/** Runs parametrised SQL and returns its rows, including the RETURNING rows of UPDATE and DELETE. */
export async function rows<T>(manager: EntityManager, sql: string, parameters: readonly unknown[]): Promise<T[]> {
  const answer: unknown[] = await manager.query(sql, [...parameters]);
  // TypeORM returns [rows, count] for UPDATE and DELETE, and the rows themselves for everything else.
  return (Array.isArray(answer[0]) ? answer[0] : answer) as T[];
}

/** The columns of an entity for plain SQL, each aliased to its property: `o.tenant_id AS "tenantId", …`. */
export function columnsOf(manager: EntityManager, entity: EntityTarget<ObjectLiteral>, alias: string): string {
  const { columns } = manager.connection.getMetadata(entity);
  return columns.map((column) => `${alias}.${column.databaseName} AS "${column.propertyName}"`).join(', ');
}

/** A PostgreSQL array literal of values that need no quoting, such as UUIDs. pg would check each element. */
export function plainArray(values: readonly string[]): string {
  return `{${values.join(',')}}`;
}
