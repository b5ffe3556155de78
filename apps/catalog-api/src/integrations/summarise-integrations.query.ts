import { ListIntegrationsQuery } from '@integrations/contracts';
import { OmitType } from '@nestjs/swagger';

/** `GET /api/v1/integrations/summary`. */
export class SummariseIntegrationsQuery extends OmitType(ListIntegrationsQuery, ['health', 'limit', 'cursor']) {}
