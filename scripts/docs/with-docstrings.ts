import type { OpenAPIObject } from '@nestjs/swagger';
import { DOCUMENTED_BY } from '../../apps/catalog-api/src/docs/dto-schema.ts';
import type { Docstrings } from './docstrings.ts';
import { described, type Schema, sentences } from './type-schemas.ts';

type Named<T> = Readonly<Record<string, T>>;

type Operations = Named<{ readonly parameters?: readonly Schema[] }>;

/** Adds docstrings to an OpenAPI document: as descriptions of schemas, their properties, and query parameters. */
export function withDocstrings(document: OpenAPIObject, docstrings: Docstrings): object {
  const schemas = mapped(document.components?.schemas as Named<Schema>, (schema, name) =>
    ofSchema(schema, name, docstrings),
  );
  const paths = mapped(document.paths as object as Named<Operations>, (operations) =>
    mapped(operations, ({ parameters = [], ...operation }) => ({
      ...operation,
      parameters: parameters.map((parameter) => ofParameter(parameter, docstrings)),
    })),
  );
  return { ...document, paths, components: { ...document.components, schemas } };
}

function ofSchema(
  { [DOCUMENTED_BY]: dto, properties, description, ...rest }: Schema,
  name: string,
  docstrings: Docstrings,
): Schema {
  // The schema of a response is named after its class.
  const type = dto === undefined ? name : String(dto);
  const fields = docstrings.ofFields(type);
  const schema = properties
    ? { ...rest, properties: mapped(properties as Named<Schema>, (each, field) => ofProperty(each, fields[field])) }
    : rest;
  return described(schema, String(description ?? docstrings.ofType(type)));

  function ofProperty({ description: own, ...property }: Schema, docstring = ''): Schema {
    // A DTO's own descriptions are validation rules, put into words. Those of a response replace the docstring.
    const text = dto === undefined ? String(own ?? docstring) : sentences(docstring, own);
    return described(property, text);
  }
}

function ofParameter({ [DOCUMENTED_BY]: dto, ...parameter }: Schema, docstrings: Docstrings): Schema {
  if (dto === undefined) return parameter;
  const { description: rule, ...schema } = parameter['schema'] as Schema;
  const docstring = docstrings.ofFields(String(dto))[String(parameter['name'])] ?? '';
  return described({ ...parameter, schema }, sentences(docstring, rule));
}

function mapped<T, R>(values: Named<T>, map: (value: T, name: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value, name)]));
}
