import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

/** Whether the server does, unlike a standby that is not promoted. */
export const TAKES_WRITES = `current_setting('transaction_read_only') = 'off'`;

/** Runs parametrised SQL and answers its rows, the RETURNING ones of UPDATE and DELETE included. */
export async function rows<T>(manager: EntityManager, sql: string, parameters: readonly unknown[]): Promise<T[]> {
  const answer: unknown[] = await manager.query(sql, [...parameters]);
  // TypeORM answers UPDATE and DELETE with [rows, count] and everything else with the rows themselves.
  return (Array.isArray(answer[0]) ? answer[0] : answer) as T[];
}

/** The columns of an entity for plain SQL, each under the name of its property: `o.tenant_id AS "tenantId", …`. */
export function columnsOf(manager: EntityManager, entity: EntityTarget<ObjectLiteral>, alias: string): string {
  const { columns } = manager.connection.getMetadata(entity);
  return columns.map((column) => `${alias}.${column.databaseName} AS "${column.propertyName}"`).join(', ');
}

/** An array for SQL, of what needs no quotes, such as UUIDs. pg itself would look for such in each of its elements. */
export function plainArray(values: readonly string[]): string {
  return `{${values.join(',')}}`;
}
