import { IsBoolean, IsOptional } from 'class-validator';

/** `GET /api/v1/integrations/{id}`. */
export class ReadIntegrationQuery {
  /** True for one that was deleted and not purged yet, instead of a live one. */
  @IsOptional()
  @IsBoolean()
  deleted: boolean = false;
}
