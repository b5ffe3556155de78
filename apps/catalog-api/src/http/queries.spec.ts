import { DiscoverPageQuery, ListIntegrationsQuery, PageQuery } from '@integrations/contracts';
import fc from 'fast-check';
import { anyText } from '../../../../test/support/any-text';
import { ListOperationsQuery } from '../annotations/list-operations.query';
import { ParkedQuery } from '../annotations/parked.query';
import { ListAuditQuery } from '../audit/list-audit.query';
import { HealthQuery } from '../health/health.query';
import { DeleteIntegrationQuery } from '../integrations/delete-integration.query';
import { ReadIntegrationQuery } from '../integrations/read-integration.query';
import { SummariseIntegrationsQuery } from '../integrations/summarise-integrations.query';
import { Refusal } from '../refusal';
import { readQuery } from './query';

const QUERIES = [
  ListIntegrationsQuery,
  SummariseIntegrationsQuery,
  ListOperationsQuery,
  ParkedQuery,
  ListAuditQuery,
  DiscoverPageQuery,
  HealthQuery,
  DeleteIntegrationQuery,
  ReadIntegrationQuery,
  PageQuery,
] as const;

const NAMES = [
  'limit',
  'cursor',
  'q',
  'tag',
  'type',
  'health',
  'window',
  'since',
  'until',
  'force',
  'state',
  'position',
];

describe.each(QUERIES.map((query) => [query.name, query] as const))('%s, for any query string', (_, query) => {
  const text = fc.oneof(
    anyText(),
    fc.constantFrom('', '0', '-1', '1e3', '999999999999', 'true', 'null', '\u0000', '\ud800', '24h', '99999999d', '[]'),
    fc.constantFrom('2026-13-01T00:00:00Z', '2026-01-01T00:00:00Z', '+275760-09-13T00:00:00Z', 'x'.repeat(5_000)),
  );
  const name = fc.oneof(
    fc.constantFrom(...NAMES),
    fc.constantFrom('__proto__', 'constructor', 'toString'),
    fc.stringMatching(/^\D{1,8}$/),
  );
  const parameters = fc.dictionary(name, fc.oneof(text, fc.array(text)), { maxKeys: 5, noNullPrototype: false });

  it('is either accepted or refused with the name of the parameter', () => {
    fc.assert(
      fc.property(parameters, (given) => {
        try {
          expect(readQuery<object>(query, given)).toBeInstanceOf(query);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          expect(error.errorCode).toBe('invalid_request');
          for (const { field } of error.details)
            expect(['', ...Object.keys(given)]).toContain(field.replace(/\[\d+\]$/, ''));
        }
      }),
      { numRuns: 300 },
    );
  });
});
