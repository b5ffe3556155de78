import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { documentedBy, dtoSchema } from './dto-schema';

/** Documents each property of a query DTO as a parameter. */
export function ApiQueryOf(dto: new () => object): MethodDecorator {
  const { properties = {}, required = [] } = dtoSchema(dto);
  const parameters = Object.entries(properties).map(([name, schema]) =>
    ApiQuery({ name, required: required.includes(name), schema, ...documentedBy(dto) }),
  );
  return applyDecorators(...parameters);
}
