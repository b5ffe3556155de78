import type { OpenAPIObject } from '@nestjs/swagger';
import { DOCUMENTED_BY } from '../../apps/catalog-api/src/docs/request-schema.ts';
import { Docstrings } from './docstrings.ts';
import type { Sources } from './sources.ts';
import { described, type Schema, sentences, TypeSchemas } from './type-schemas.ts';

type Named<T> = Readonly<Record<string, T>>;

type Operations = Named<{ readonly parameters?: readonly Schema[] }>;

/**
 * Adds what only the sources know to an OpenAPI document: the types of libs/contracts that it refers to, and docstrings,
 * as descriptions of schemas, their properties, and query parameters.
 */
export function withDocstrings(document: OpenAPIObject, sources: Sources): object {
  const docstrings = new Docstrings(sources);
  const own = mapped(document.components?.schemas as Named<Schema>, (schema, name) =>
    ofSchema(schema, name, docstrings),
  );
  const schemas = { ...contractTypes(document, sources), ...own };
  const paths = mapped(document.paths as object as Named<Operations>, (operations) =>
    mapped(operations, ({ parameters = [], ...operation }) => ({
      ...operation,
      parameters: parameters.map((parameter) => ofParameter(parameter, docstrings)),
    })),
  );
  return { ...document, paths, components: { ...document.components, schemas } };
}

/** The schemas that the document refers to and lacks, and those that these refer to. */
function contractTypes(document: OpenAPIObject, sources: Sources): Named<Schema> {
  const types = new TypeSchemas(sources);
  const own = document.components?.schemas ?? {};
  for (const [, name = ''] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g))
    if (!Object.hasOwn(own, name)) types.ref(name);
  return types.components;
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
