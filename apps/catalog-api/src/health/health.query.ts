import { IsString, ValidateBy } from 'class-validator';
import { parseWindow } from './window';

function IsWindow(): PropertyDecorator {
  return ValidateBy({
    name: 'isWindow',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && parseWindow(value) !== null,
      defaultMessage: () => 'must be whole minutes, hours or days such as 15m, 24h or 30d, and at most 400d',
    },
  });
}

/** `GET /api/v1/integrations/{id}/health`. */
export class HealthQuery {
  /** How far to look back from now: whole minutes, hours or days, such as `15m`, `24h` or `30d`; at most `400d`. */
  @IsString()
  @IsWindow()
  window: string = '24h';
}
