import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The words of name, description, endpoint and tags, for a search by prefixes of words. Uses the `simple` configuration,
 * because names and hosts belong to no language. Does not use ILIKE with pg_trgm, because an extension needs rights that
 * not every operator has. Punctuation separates words: `github` finds https://api.github.com.
 */
export class Search1790000000013 implements MigrationInterface {
  readonly name = 'Search1790000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(String.raw`
      -- IMMUTABLE holds for text. PostgreSQL marks array_to_string STABLE because some types depend on settings.
      CREATE FUNCTION integration_words(name text, description text, endpoint text, tags text[]) RETURNS tsvector
      LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT to_tsvector('pg_catalog.simple', regexp_replace(
          name || ' ' || coalesce(description, '') || ' ' || endpoint || ' ' || array_to_string(tags, ' '),
          '[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]+', ' ', 'g'))
      $$;
      ALTER TABLE integration ADD COLUMN words tsvector NOT NULL
        GENERATED ALWAYS AS (integration_words(name, description, endpoint, tags)) STORED;
      CREATE INDEX integration_words ON integration USING gin (words);
      CREATE INDEX integration_health_status ON integration_health (tenant_id, status);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX integration_health_status;
      ALTER TABLE integration DROP COLUMN words;
      DROP FUNCTION integration_words(text, text, text, text[]);
    `);
  }
}
