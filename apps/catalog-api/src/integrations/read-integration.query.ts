import { IsBoolean, IsOptional } from 'class-validator';

/** `GET /api/v1/integrations/{id}`. */
export class ReadIntegrationQuery {
  /** True reads an integration that was deleted but not yet purged, instead of a live one. */
  @IsOptional()
  @IsBoolean()
  deleted: boolean = false;
}
