import type { Contract, DescribedEvent, DescribedRequest } from './contract.ts';
import { HEADER_TEXTS } from './requests.ts';
import type { Schema } from './type-schemas.ts';

const DESCRIPTION = `Request and reply over core NATS, events and durable submissions over JetStream. All bodies are JSON in
UTF-8. Requests with unknown fields are refused. Readers of replies and events must ignore unknown fields, and so does the
platform in heartbeats.`;

const TRACEPARENT =
  'W3C trace context of the request that caused the event; for an event about an annotation, of the request that submitted it. Absent if that request had none.';

/** The AsyncAPI 3 document. https://www.asyncapi.com/docs/reference/specification/v3.0.0 */
export function asyncApi(contract: Contract, version: string): object {
  return {
    asyncapi: '3.0.0',
    info: { title: 'Integrations', version, description: DESCRIPTION },
    defaultContentType: 'application/json',
    channels: channels(contract),
    operations: operations(contract),
    components: components(contract),
  };
}

function channels({ contracts, requests, events, systemEvents }: Contract): object {
  const { AGENT_STREAM, ANNOTATE_STREAM, EVENT_STREAM, SCM_OPERATIONS, STATE_BUCKET } = contracts;
  const submissions = requests.filter(({ name }) => SCM_OPERATIONS.some((operation) => submits(name, operation)));
  return {
    ...Object.fromEntries(requests.flatMap(requestChannels)),
    events: {
      address: 'integrations.v1.evt.{tenant}.{type}.{integrationId}.{event}',
      description: `CloudEvents 1.0 in binary mode, in the stream ${EVENT_STREAM.name} for 30 days.`,
      parameters: {
        tenant: { description: 'The name of the tenant' },
        type: { enum: contracts.INTEGRATION_TYPES },
        integrationId: { description: 'A UUID' },
        event: { enum: events.map(({ name }) => name) },
      },
      messages: Object.fromEntries(events.map(({ name, component }) => [name, ref('messages', component)])),
      'x-jetstream': { stream: EVENT_STREAM.name, retention: 'limits', maxAge: '30d' },
    },
    systemEvents: {
      address: 'integrations.v1.sys.{event}',
      description: `Events of the platform itself: CloudEvents 1.0 in binary mode, in the stream ${EVENT_STREAM.name} for 30 days.`,
      parameters: { event: { enum: systemEvents.map(({ name }) => name) } },
      messages: Object.fromEntries(systemEvents.map(({ name, component }) => [name, ref('messages', component)])),
      'x-jetstream': { stream: EVENT_STREAM.name, retention: 'limits', maxAge: '30d' },
    },
    submissions: {
      address: 'integrations.v1.annotate.{tenant}.{operation}',
      description: 'Requests for SCM operations, stored durably while no dispatcher runs. Outcomes arrive as events.',
      parameters: { tenant: {}, operation: { enum: SCM_OPERATIONS } },
      messages: Object.fromEntries(submissions.map(({ request }) => [request, ref('messages', request)])),
      'x-jetstream': { stream: ANNOTATE_STREAM.name, retention: 'workqueue', maxAge: '30d' },
    },
    heartbeats: {
      address: 'integrations.v1.agent.{tenant}.{agentId}.heartbeat',
      description: `Heartbeats of host agents, which get no answer. The stream ${AGENT_STREAM.name} keeps the newest of each agent.`,
      parameters: {
        tenant: {},
        agentId: { description: `Chosen when the agent is set up: ${contracts.AGENT_ID_PATTERN.source}` },
      },
      messages: { AgentHeartbeat: ref('messages', 'AgentHeartbeat') },
      'x-jetstream': { stream: AGENT_STREAM.name, retention: 'limits', maxAge: '30d', maxMessagesPerSubject: 1 },
    },
    state: {
      address: `$KV.${STATE_BUCKET}.{tenant}.{integrationId}`,
      description: 'The state of each integration as of its last event, for consumers that start late.',
      parameters: { tenant: {}, integrationId: {} },
      messages: { snapshot: ref('messages', 'IntegrationSnapshot') },
      'x-jetstream': { bucket: STATE_BUCKET, history: 1 },
    },
  };
}

function operations({ requests }: Contract): object {
  return {
    ...Object.fromEntries(requests.map(requestOperation)),
    tell: { action: 'send', channel: ref('channels', 'events'), summary: 'Publishes what happened' },
    tellOfSystem: {
      action: 'send',
      channel: ref('channels', 'systemEvents'),
      summary: 'Publishes what happened to the platform itself',
    },
    submit: { action: 'receive', channel: ref('channels', 'submissions'), summary: 'Accepts durable submissions' },
    listen: {
      action: 'receive',
      channel: ref('channels', 'heartbeats'),
      summary: 'Receives heartbeats of host agents',
    },
    keepState: { action: 'send', channel: ref('channels', 'state'), summary: 'Updates the current state' },
  };
}

function components({ contracts, requests, events, systemEvents, schemas, bodies }: Contract): object {
  return {
    messages: {
      ...Object.fromEntries(requests.flatMap(requestMessages)),
      ...Object.fromEntries(events.map((event) => eventMessage(event, '^/tenants/[^/]+/integrations/[^/]+$'))),
      ...Object.fromEntries(systemEvents.map((event) => eventMessage(event, `^${contracts.SYSTEM_SOURCE}$`))),
      AgentHeartbeat: { payload: ref('schemas', 'AgentHeartbeat') },
      IntegrationSnapshot: { payload: ref('schemas', 'IntegrationSnapshot') },
    },
    schemas: {
      ...Object.fromEntries(
        Object.entries(schemas).map(([name, schema]) => [
          name,
          bodies.has(name) ? contracts.withNulls(schema) : schema,
        ]),
      ),
      RequestHeaders: requestHeaders(contracts.HEADERS),
    },
  };
}

function requestChannels({ name, subject, request }: DescribedRequest): [string, object][] {
  return [
    [name, { address: subject, messages: { request: ref('messages', request) } }],
    [`${name}Reply`, { address: null, messages: { reply: ref('messages', `${name}Reply`) } }],
  ];
}

function requestOperation({ name, summary, app }: DescribedRequest): [string, object] {
  const channel = ref('channels', name);
  const reply = { address: { location: '$message.header#/replyTo' }, channel: ref('channels', `${name}Reply`) };
  return [name, { action: 'receive', channel, summary, bindings: { nats: { queue: app } }, reply }];
}

function requestMessages({ name, request, replies }: DescribedRequest): [string, object][] {
  const results: Schema[] = [...replies.map((reply) => ref('schemas', reply)), { type: 'null' }];
  const payload = { allOf: [ref('schemas', 'OperationResult'), { properties: { result: { anyOf: results } } }] };
  return [
    [request, { headers: ref('schemas', 'RequestHeaders'), payload: ref('schemas', request) }],
    [`${name}Reply`, { payload }],
  ];
}

function eventMessage({ component, description, type, dataSchema }: DescribedEvent, source: string): [string, object] {
  const headers = {
    type: 'object',
    required: ['ce-specversion', 'ce-id', 'ce-type', 'ce-source', 'ce-time', 'ce-sequence', 'ce-dataschema'],
    properties: {
      'ce-specversion': { const: '1.0' },
      'ce-id': { type: 'string', format: 'uuid' },
      'ce-type': { const: type },
      'ce-source': { type: 'string', pattern: source },
      'ce-time': { type: 'string', format: 'date-time' },
      'ce-sequence': { type: 'string', pattern: '^[0-9]{20}$' },
      'ce-dataschema': { const: dataSchema },
      'ce-datacontenttype': { const: 'application/json' },
      'ce-traceparent': { type: 'string', description: TRACEPARENT },
    },
  };
  return [component, { name: type, summary: description, headers, payload: ref('schemas', component) }];
}

function requestHeaders(names: Contract['contracts']['HEADERS']): Schema {
  const text = (description: string) => ({ type: 'string', description });
  return {
    type: 'object',
    description: 'The headers of a request, all optional.',
    properties: {
      [names.tenant]: text(HEADER_TEXTS.tenant),
      [names.traceparent]: text(HEADER_TEXTS.traceparent),
      [names.idempotencyKey]: text(HEADER_TEXTS.idempotencyKey),
      [names.deadlineMs]: text(HEADER_TEXTS.deadlineMs),
    },
  };
}

function submits(name: string, operation: string): boolean {
  return name.toLowerCase() === `scm${operation.replaceAll('_', '')}`;
}

function ref(kind: 'channels' | 'messages' | 'schemas', name: string): Schema {
  return { $ref: kind === 'channels' ? `#/channels/${name}` : `#/components/${kind}/${name}` };
}
