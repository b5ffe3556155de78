import type { Answer } from '../fake-vendor/answer.ts';
import { notFound, refusal } from './answer.ts';
import { type Call, commitOf, type Context, page, PAGED, type Route } from './routes.ts';
import type { FakeReport } from './world.ts';

const ON = '/repositories/{workspace}/{repo}/commit/{commit}/reports/{report}';
const MAX_ANNOTATIONS = 1_000;
const MAX_UPLOAD = 100;

const URI = { type: 'string', pattern: '^https?://[^/:]*\\.' };
const REPORT = {
  type: 'object',
  required: ['title', 'details', 'report_type'],
  additionalProperties: false,
  properties: {
    title: { type: 'string', minLength: 1 },
    details: { type: 'string', minLength: 1, maxLength: 2_000 },
    external_id: { type: 'string' },
    reporter: { type: 'string' },
    link: URI,
    logo_url: URI,
    remote_link_enabled: { type: 'boolean' },
    report_type: { enum: ['SECURITY', 'COVERAGE', 'TEST', 'BUG'] },
    result: { enum: ['PASSED', 'FAILED', 'PENDING'] },
    data: {
      type: 'array',
      maxItems: 10,
      items: {
        type: 'object',
        required: ['title', 'type', 'value'],
        additionalProperties: false,
        properties: {
          title: { type: 'string' },
          type: { enum: ['BOOLEAN', 'DATE', 'DURATION', 'LINK', 'NUMBER', 'PERCENTAGE', 'TEXT'] },
          value: {},
        },
      },
    },
  },
};
const ANNOTATIONS = {
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    required: ['external_id', 'annotation_type', 'summary'],
    additionalProperties: false,
    properties: {
      external_id: { type: 'string', minLength: 1 },
      annotation_type: { enum: ['VULNERABILITY', 'CODE_SMELL', 'BUG'] },
      path: { type: 'string' },
      line: { type: 'integer', minimum: 1 },
      summary: { type: 'string', minLength: 1, maxLength: 450 },
      details: { type: 'string', minLength: 1, maxLength: 2_000 },
      result: { enum: ['PASSED', 'FAILED', 'SKIPPED', 'IGNORED'] },
      severity: { enum: ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'] },
      link: URI,
    },
  },
};

/** Code Insights: reports of a commit, and their annotations. An annotation replaces one with the same external id. */
export const REPORTS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: ON,
    scope: 'repository',
    handle: (call, context) => ({ status: 200, body: shapeOf(reportOf(call, context), call) }),
  },
  {
    method: 'PUT',
    template: ON,
    scope: 'repository',
    body: REPORT,
    handle(call, context) {
      const { reports } = commitOf(call, context);
      const id = call.params['report']!;
      const fields = call.body as FakeReport['fields'];
      const report = { fields, annotations: reports.get(id)?.annotations ?? new Map() };
      reports.set(id, report);
      return { status: 200, body: shapeOf(report, call) };
    },
  },
  {
    method: 'DELETE',
    template: ON,
    scope: 'repository',
    handle(call, context) {
      commitOf(call, context).reports.delete(call.params['report']!);
      return { status: 204 };
    },
  },
  {
    method: 'GET',
    template: `${ON}/annotations`,
    scope: 'repository',
    query: PAGED,
    handle: (call, context) => page([...reportOf(call, context).annotations.values()], call, annotationShape),
  },
  { method: 'POST', template: `${ON}/annotations`, scope: 'repository', body: ANNOTATIONS, handle: upload },
];

function upload(call: Call, context: Context): Answer {
  const { annotations } = reportOf(call, context);
  const sent = call.body as readonly Readonly<Record<string, unknown>>[];
  if (sent.length > MAX_UPLOAD) throw refusal(400, 'Bulk upload supports a maximum of /100 annotations.');
  const ids = new Set([...annotations.keys(), ...sent.map((one) => String(one['external_id']))]);
  if (ids.size > MAX_ANNOTATIONS) throw refusal(400, `A report can have at most ${MAX_ANNOTATIONS} annotations.`);
  for (const annotation of sent) annotations.set(String(annotation['external_id']), annotation);
  return { status: 200, body: sent.map(annotationShape) };
}

function reportOf(call: Call, context: Context): FakeReport {
  const found = commitOf(call, context).reports.get(call.params['report']!);
  if (!found) throw notFound('The requested report was');
  return found;
}

function shapeOf({ fields }: FakeReport, { params }: Call): object {
  return { type: 'report', uuid: `{${params['report']}}`, external_id: params['report'], ...fields };
}

function annotationShape(annotation: Readonly<Record<string, unknown>>): object {
  return { type: 'report_annotation', uuid: `{${String(annotation['external_id'])}}`, ...annotation };
}
