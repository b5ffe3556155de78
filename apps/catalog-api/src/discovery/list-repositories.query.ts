import { MAX_DISCOVERED } from '@integrations/contracts';
import { IsInt, IsOptional, IsString, Length, Max, MaxLength, Min } from 'class-validator';

/** `GET /api/v1/integrations/{id}/repositories`. */
export class ListRepositoriesQuery {
  @IsInt()
  @Min(1)
  @Max(MAX_DISCOVERED)
  limit: number = 50;

  /** The `nextCursor` of the page before, with the same `q`. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  cursor?: string;

  /** A part of owner/name, in upper or lower case. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  q?: string;
}
