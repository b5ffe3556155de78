import { Body, type PipeTransform } from '@nestjs/common';
import { invalid } from '../refusal';

/** Refuses a body on actions that take none, because it would otherwise be silently ignored. */
export function NoBody(): ParameterDecorator {
  return Body(new NoBodyPipe());
}

class NoBodyPipe implements PipeTransform<unknown, void> {
  transform(body: unknown): void {
    if (body === undefined || body === null) return;
    if (typeof body === 'object' && !Array.isArray(body) && Object.keys(body).length === 0) return;
    throw invalid([{ field: '', message: 'this request takes no body' }]);
  }
}
