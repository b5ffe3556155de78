import { IsBoolean, IsOptional } from 'class-validator';

/** `DELETE /api/v1/integrations/{id}`. */
export class DeleteIntegrationQuery {
  /** True deletes it although others rely on it. */
  @IsOptional()
  @IsBoolean()
  force: boolean = false;
}
