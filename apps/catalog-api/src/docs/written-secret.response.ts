import type { WrittenSecret } from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';

export class WrittenSecretResponse implements WrittenSecret {
  @ApiProperty({ example: 'authref://local/github/app-key' })
  readonly authRef: string;

  @ApiProperty({ type: 'integer', example: 1 })
  readonly version: number;
}
