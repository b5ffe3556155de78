import { Readable } from 'node:stream';
import {
  IntegrationRepository,
  type IntegrationRow,
  OperationRepository,
  type OperationRow,
  type ParkedFilter,
} from '@integrations/database';
import type { Annotation } from '@integrations/payload-builder';
import { ProviderError } from '@integrations/provider-kit';
import { Injectable } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import type { ParkedPayload } from '../docs/parked-payload.response';
import { curlOf, markdownOf } from './by-hand';
import { Previews } from './previews';

type Rendered = Pick<ParkedPayload, 'markdown' | 'vendorRequests' | 'problem'>;

/** Kept small: each payload may be a megabyte. */
const PAGE = 25;

/** Renders parked operations for posting by hand. */
@Injectable()
export class ParkedPayloads {
  constructor(
    private readonly operations: OperationRepository,
    private readonly integrations: IntegrationRepository,
    private readonly previews: Previews,
    @InjectPinoLogger(ParkedPayloads.name) private readonly log: PinoLogger,
  ) {}

  /**
   * A line of JSON for each parked operation of the tenant, longest parked first. Only one page is in memory at a time,
   * however slow the reader is. The stream fails if the database does.
   */
  async stream(tenantId: string, filter: ParkedFilter): Promise<Readable> {
    // Read the first page before the first byte is sent, while a failure can still be answered with an error status.
    const first = await this.operations.parked(tenantId, filter, { after: 0, limit: PAGE });
    const stream = Readable.from(this.#lines(tenantId, filter, first), { objectMode: false });
    stream.on('error', (err) => this.log.warn({ tenantId, err }, 'list of parked operations cut short'));
    return stream;
  }

  async *#lines(tenantId: string, filter: ParkedFilter, first: OperationRow[]): AsyncGenerator<string> {
    const integrations = new Map<string, IntegrationRow | null>();
    let page = first;
    for (;;) {
      for (const row of page) {
        const { integrationId: id } = row;
        // Include deleted integrations: a deletion is one reason to post by hand.
        if (!integrations.has(id)) integrations.set(id, await this.integrations.findAny(tenantId, id));
        yield `${JSON.stringify(this.#payload(row, integrations.get(id) ?? null))}\n`;
      }
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      page = await this.operations.parked(tenantId, filter, { after: last.position, limit: PAGE });
    }
  }

  #payload(row: OperationRow, integration: IntegrationRow | null): ParkedPayload {
    const annotation = { operation: row.operation, request: row.request } as Annotation;
    const { markdown, vendorRequests, problem } = this.#render(row, annotation, integration);
    return {
      operationId: row.id,
      integrationId: row.integrationId,
      provider: row.provider,
      operation: row.operation,
      owner: row.owner,
      repository: row.repository,
      prNumber: row.prNumber,
      commitSha: row.commitSha,
      acceptedAt: row.acceptedAt.toISOString(),
      parkedAt: row.finishedAt?.toISOString() ?? null,
      reason: row.outcome?.errorMessage ?? null,
      request: row.request,
      markdown,
      vendorRequests,
      curl: vendorRequests.map(curlOf),
      problem,
    };
  }

  #render(row: OperationRow, annotation: Annotation, integration: IntegrationRow | null): Rendered {
    let markdown: string | null = null;
    try {
      markdown = markdownOf(annotation);
      if (!integration) return { markdown, vendorRequests: [], problem: 'the integration was purged' };
      return { markdown, vendorRequests: this.previews.of(integration, annotation, row.id), problem: null };
    } catch (error) {
      return { markdown, vendorRequests: [], problem: this.#problemOf(row, error) };
    }
  }

  /** Describes the failure. One operation that a plugin cannot render must not hide the others. */
  #problemOf({ id: operationId, tenantId }: OperationRow, error: unknown): string {
    if (error instanceof ProviderError) return error.message;
    this.log.error({ operationId, tenantId, err: error }, 'parked operation cannot be rendered');
    return 'it cannot be rendered; see the logs from that time';
  }
}
