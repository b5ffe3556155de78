import { Param, type PipeTransform } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { invalid } from '../refusal';

/** A path parameter that is a UUID. */
export function UuidParam(name: string): ParameterDecorator {
  return Param(name, new UuidPipe(name));
}

class UuidPipe implements PipeTransform<string, string> {
  constructor(private readonly name: string) {}

  transform(value: string): string {
    if (!isUUID(value)) throw invalid([{ field: this.name, message: 'must be a UUID' }]);
    return value.toLowerCase();
  }
}
