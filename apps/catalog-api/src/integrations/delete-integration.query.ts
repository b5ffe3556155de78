import { IsBoolean, IsOptional } from 'class-validator';

/** `DELETE /api/v1/integrations/{id}`. */
export class DeleteIntegrationQuery {
  /** True deletes the integration even if consumers depend on it. */
  @IsOptional()
  @IsBoolean()
  force: boolean = false;
}
