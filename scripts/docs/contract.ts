import { REQUESTS, type RequestDescription } from './requests.ts';
import type { Sources } from './sources.ts';
import { described, type Member, type Schema, sentences, TypeSchemas } from './type-schemas.ts';

type Contracts = typeof import('@integrations/contracts');

/** Messages from other programs, which may have fields that we do not know. */
const REPORTS = ['AgentHeartbeat'];

export interface DescribedRequest extends RequestDescription {
  readonly name: string;
  readonly subject: string;
}

export interface DescribedEvent {
  readonly name: string;
  readonly component: string;
  readonly type: string;
  readonly dataSchema: string;
  readonly description: string;
  /** The fields it adds to those of every event. */
  readonly own: readonly Member[];
}

/** The content of libs/contracts, in the form that the generated documents need. */
export interface Contract {
  readonly contracts: Contracts;
  readonly requests: readonly DescribedRequest[];
  readonly events: readonly DescribedEvent[];
  readonly common: readonly Member[];
  readonly systemEvents: readonly DescribedEvent[];
  readonly types: TypeSchemas;
  /** By name, as components of the AsyncAPI document. */
  readonly schemas: Readonly<Record<string, Schema>>;
  /** The schemas of messages that are sent to us. */
  readonly bodies: ReadonlySet<string>;
}

export function readContract(sources: Sources, contracts: Contracts): Contract {
  const types = new TypeSchemas(sources);
  const requests = readRequests(contracts);
  const common = types.members('EventBody');
  const events = readEvents(contracts, types, 'EventData', common);
  const systemEvents = readEvents(contracts, types, 'SystemEventData', types.members('SystemEventBody'));
  for (const name of ['OperationResult', 'IntegrationSnapshot']) addResult(types, name);
  const replies = new Set(requests.flatMap((request) => request.replies));
  for (const reply of replies) if (reply !== 'IntegrationPage') types.ref(reply);
  types.components['IntegrationPage'] = {
    type: 'object',
    description: 'One page of integrations.',
    required: ['items', 'nextCursor'],
    properties: {
      items: { type: 'array', items: types.ref('IntegrationView') },
      nextCursor: { type: ['string', 'null'], description: 'The `cursor` of the next page; null on the last page.' },
    },
  };
  const bodies = {
    ...dtoSchemas(contracts, types, new Set(requests.map(({ request }) => request)), { additionalProperties: false }),
    ...dtoSchemas(contracts, types, new Set(REPORTS), {}),
  };
  return {
    contracts,
    requests,
    events,
    common,
    systemEvents,
    types,
    schemas: sorted({ ...types.components, ...bodies }),
    bodies: new Set(Object.keys(bodies)),
  };
}

function readRequests({ RPC }: Contracts): DescribedRequest[] {
  const known = new Set<string>(Object.keys(RPC));
  const unknown = Object.keys(REQUESTS).find((name) => !known.has(name));
  if (unknown) throw new Error(`scripts/docs/requests.ts describes ${unknown}, which is not a subject`);
  return Object.entries(RPC).map(([name, subject]) => {
    const description = REQUESTS[name];
    if (!description) throw new Error(`scripts/docs/requests.ts does not describe ${name}`);
    return { name, subject, ...description };
  });
}

function readEvents(
  contracts: Contracts,
  types: TypeSchemas,
  data: 'EventData' | 'SystemEventData',
  common: readonly Member[],
): DescribedEvent[] {
  return types.members(data).map((event) => {
    const own = types.membersOf(event.type);
    const component = `${pascal(event.name)}Event`;
    types.components[component] = types.object([...common, ...own], event.description);
    const [type, dataSchema] = [
      contracts.eventType(event.name as 'updated'),
      contracts.eventSchema(event.name as 'updated'),
    ];
    return { name: event.name, component, type, dataSchema, description: event.description, own };
  });
}

/** Adds a type without its `result`, whose type depends on the request. */
function addResult(types: TypeSchemas, name: string): void {
  const members = types.members(name).filter((member) => member.name !== 'result');
  types.components[name] = types.object(members, types.description(name));
}

/** The schemas of DTOs: limits and formats come from their validation rules, descriptions from their comments. */
function dtoSchemas(
  contracts: Contracts,
  types: TypeSchemas,
  names: Set<string>,
  unknown: { readonly additionalProperties?: false },
): Record<string, Schema> {
  const schemas: Record<string, Schema> = {};
  // The set grows during the loop: each DTO adds the classes of its properties.
  for (const name of names) {
    const dto = contracts[name as keyof Contracts] as unknown as (new () => object) | undefined;
    if (!dto) throw new Error(`libs/contracts exports no class ${name}`);
    const { additionalProperties: _, ...schema } = contracts.dtoSchema(dto);
    const texts = new Map(types.members(name).map((member) => [member.name, member.description]));
    const properties = Object.entries(schema.properties).map(([property, rules]) => [
      property,
      described(rules, sentences(texts.get(property) ?? '', rules['description'])),
    ]);
    for (const [, found] of JSON.stringify(properties).matchAll(/#\/components\/schemas\/(\w+)/g))
      names.add(found ?? '');
    const body = { ...schema, properties: Object.fromEntries(properties) as Schema, ...unknown };
    schemas[name] = described(body, types.description(name));
  }
  return schemas;
}

function sorted(schemas: Record<string, Schema>): Record<string, Schema> {
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function pascal(name: string): string {
  return name.replaceAll(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase());
}
