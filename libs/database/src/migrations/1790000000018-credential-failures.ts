import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when the vendor has been refusing the credential of an integration. */
export class CredentialFailures1790000000018 implements MigrationInterface {
  readonly name = 'CredentialFailures1790000000018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE credential_failure (
        integration_id uuid PRIMARY KEY,
        tenant_id text NOT NULL,
        -- An edit changes the generation, and a recovery in between changes unhealthy_since: either restarts the count.
        generation integer NOT NULL,
        unhealthy_since timestamptz(3) NOT NULL,
        since timestamptz(3) NOT NULL,
        FOREIGN KEY (tenant_id, integration_id) REFERENCES integration (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX credential_failure_since ON credential_failure (since);
      CREATE INDEX integration_health_refused ON integration_health (integration_id) WHERE status = 'unhealthy'
        AND code IN ('credential_missing', 'credential_invalid', 'credential_expired', 'credential_disabled');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX integration_health_refused; DROP TABLE credential_failure');
  }
}
