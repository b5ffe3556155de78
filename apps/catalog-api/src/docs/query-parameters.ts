import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { documentedBy, requestSchema } from './request-schema';

/** Documents each property of a query DTO as a parameter. */
export function ApiQueryOf(dto: new () => object): MethodDecorator {
  const { properties = {}, required = [] } = requestSchema(dto);
  const parameters = Object.entries(properties).map(([name, schema]) =>
    ApiQuery({ name, required: required.includes(name), schema, ...documentedBy(dto) }),
  );
  return applyDecorators(...parameters);
}
