import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An API token ends when its row is gone. */
export class RevokeTokens1790000000060 implements MigrationInterface {
  readonly name = 'RevokeTokens1790000000060';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('GRANT DELETE ON api_token TO integrations_tenant');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE DELETE ON api_token FROM integrations_tenant');
  }
}
