import { applyDecorators } from '@nestjs/common';
import { IsISO8601, Matches } from 'class-validator';

/** Of the many forms of ISO 8601 the one that names an instant, which JavaScript reads as well. */
const PATTERN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/;
const MESSAGE = 'must be a time with its offset from UTC, like 2026-01-31T12:00:00Z';

/** A point in time as text. */
export function IsInstant(): PropertyDecorator {
  return applyDecorators(IsISO8601({ strict: true }, { message: MESSAGE }), Matches(PATTERN, { message: MESSAGE }));
}

/** As the database takes it. */
export function instant(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}
