import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets a tenant revoke an API token by deleting its row. */
export class RevokeTokens1790000000060 implements MigrationInterface {
  readonly name = 'RevokeTokens1790000000060';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('GRANT DELETE ON api_token TO integrations_tenant');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE DELETE ON api_token FROM integrations_tenant');
  }
}
