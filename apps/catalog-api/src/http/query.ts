import { validate } from '@integrations/contracts';
import { type PipeTransform, Query } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { getMetadataStorage } from 'class-validator';
import { invalid } from '../refusal';

/** Marks the handlers that read the query string. The requests of others may have none: see NoQueryInterceptor. */
export const TakesQuery = Reflector.createDecorator<true>();

/** The query string as a valid DTO. Unknown, repeated and ill-typed parameters are refused by name. */
export function ValidQuery<T extends object>(dto: new () => T): ParameterDecorator {
  return (controller, handler, index) => {
    Query(new QueryPipe(dto))(controller, handler, index);
    TakesQuery(true)(controller, handler!, Object.getOwnPropertyDescriptor(controller, handler!)!);
  };
}

/** Throws a Refusal that names each bad parameter. */
export function readQuery<T extends object>(dto: new () => T, query: Record<string, unknown>): T {
  const validated = validate(dto, typed(query, dto));
  if (!validated.ok) throw invalid(validated.errors);
  return validated.value;
}

class QueryPipe<T extends object> implements PipeTransform<Record<string, unknown>, T> {
  constructor(private readonly dto: new () => T) {}

  transform(query: Record<string, unknown>): T {
    return readQuery(this.dto, query);
  }
}

/** Converts text to a number or boolean if the DTO declares one and the text is exactly a whole number or boolean. */
function typed(query: Record<string, unknown>, dto: new () => object): Record<string, unknown> {
  const entries = Object.entries(query).map(([name, value]) => [name, convert(value, rulesOf(dto, name))]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function convert(value: unknown, rules: ReadonlySet<string>): unknown {
  if (typeof value !== 'string') return value;
  if (rules.has('isInt') && /^(0|[1-9]\d*)$/.test(value) && Number.isSafeInteger(Number(value))) return Number(value);
  if (rules.has('isBoolean') && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

function rulesOf(dto: new () => object, property: string): ReadonlySet<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return new Set(rules.filter(({ propertyName }) => propertyName === property).map(({ name }) => name ?? ''));
}
