import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { toJsonSchema, unknownProperties, type Json, type JsonObject } from './openapi-schema.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonObject;
}

interface Content {
  readonly 'application/json'?: { readonly schema: JsonObject };
}

interface Operation {
  readonly parameters?: readonly JsonObject[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, JsonObject>>;
}

/** A request in terms of the description; `template` is a path of the description. */
export interface DescribedRequest {
  readonly method: string;
  readonly template: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Json | undefined;
}

/** Validates requests and our own answers against GitHub's official OpenAPI description. Compiles schemas on first use. */
export class OpenApi {
  readonly #document: JsonObject;
  readonly #ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
  readonly #registered = new Set<string>();
  readonly #validators = new Map<string, ValidateFunction>();

  constructor() {
    const file = join(process.cwd(), 'node_modules/@octokit/openapi/generated/api.github.com.json');
    this.#document = JSON.parse(readFileSync(file, 'utf8')) as JsonObject;
    addFormats(this.#ajv as never);
  }

  /** The errors in a request; empty if it is valid. */
  checkRequest(request: DescribedRequest): string[] {
    const operation = this.#operation(request.method, request.template);
    if (!operation) return [`${request.method} ${request.template} is not in GitHub's description`];
    const parameters = (operation.parameters ?? []).map((parameter) => this.#deref(parameter) as unknown as Parameter);
    return [
      ...parameters.flatMap((parameter) => this.#checkParameter(request, parameter)),
      ...[...request.query.keys()]
        .filter((name) => !parameters.some((known) => known.in === 'query' && known.name === name))
        .map((name) => `query parameter ${name} is unknown`),
      ...this.#checkBody(request, operation),
    ];
  }

  /** The errors in an answer of ours. A status that the description lacks must match its basic error. */
  checkResponse(method: string, template: string, status: number, body: Json | undefined): string[] {
    const operation = this.#operation(method, template);
    if (!operation) return [];
    const response = operation.responses[String(status)];
    const content = response ? (this.#deref(response)['content'] as Content | undefined) : undefined;
    if (response && !content) return [];
    const schema = content?.['application/json']?.schema ?? { $ref: '#/components/schemas/basic-error' };
    return this.#validate(`${method} ${template} ${status}`, schema, body, `answer ${status}`);
  }

  #operation(method: string, template: string): Operation | undefined {
    const paths = this.#document['paths'] as unknown as Record<string, Record<string, Operation>>;
    return paths[template]?.[method.toLowerCase()];
  }

  #checkParameter(request: DescribedRequest, parameter: Parameter): string[] {
    const raw = parameter.in === 'path' ? request.params[parameter.name] : request.query.get(parameter.name);
    if (raw === null || raw === undefined) return parameter.required ? [`${parameter.name} is missing`] : [];
    const value = valueOf(raw, parameter.schema['type']);
    const key = `${request.method} ${request.template} ${parameter.in} ${parameter.name}`;
    return this.#validate(key, parameter.schema, value, `${parameter.in} parameter ${parameter.name}`);
  }

  #checkBody(request: DescribedRequest, operation: Operation): string[] {
    const schema = operation.requestBody?.content['application/json']?.schema;
    if (!schema) return request.body === undefined ? [] : ['a body is not expected'];
    if (request.body === undefined) return operation.requestBody?.required ? ['the body is missing'] : [];
    const resolved = this.#deref(schema);
    return [
      ...this.#validate(`${request.method} ${request.template} body`, schema, request.body, 'body'),
      // The description never forbids further properties, and GitHub silently ignores them, so a typo would go unnoticed.
      ...unknownProperties(request.body, resolved, (ref) => this.#pointer(ref)).map((path) => `body${path} is unknown`),
    ];
  }

  #validate(key: string, schema: JsonObject, value: Json | undefined, what: string): string[] {
    let validator = this.#validators.get(key);
    if (!validator) {
      validator = this.#ajv.compile(this.#convert(schema));
      this.#validators.set(key, validator);
    }
    if (validator(value)) return [];
    return (validator.errors ?? []).map((error) => `${what}${error.instancePath} ${error.message}`);
  }

  #convert(schema: JsonObject): JsonObject {
    return toJsonSchema(schema, (ref) => {
      // Registered before its own references are converted, so that cycles end.
      if (this.#registered.has(ref)) return;
      this.#registered.add(ref);
      this.#ajv.addSchema(this.#convert(this.#pointer(ref)), ref.split('/').at(-1));
    });
  }

  #deref(value: JsonObject): JsonObject {
    const ref = value['$ref'];
    return typeof ref === 'string' ? this.#pointer(ref) : value;
  }

  #pointer(ref: string): JsonObject {
    const steps = ref.replace('#/', '').split('/');
    return steps.reduce((at, step) => at[step] as JsonObject, this.#document);
  }
}

/** The typed value of a text in a path or a query. */
function valueOf(raw: string, type: Json | undefined): Json {
  if (type === 'integer' && /^-?\d+$/.test(raw)) return Number(raw);
  return type === 'boolean' && /^(true|false)$/.test(raw) ? raw === 'true' : raw;
}
