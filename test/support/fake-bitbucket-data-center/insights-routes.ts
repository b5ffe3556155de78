import { invalid, notFound, notPermitted } from './answer.ts';
import { type Call, type Context, repositoryOf, type Route, text } from './routes.ts';
import type { FakeReport } from './world.ts';

const ON = '/rest/insights/latest/projects/{project}/repos/{slug}/commits/{sha}/reports/{key}';

// RestSetInsightReportRequest, RestBulkAddInsightAnnotationRequest. https://developer.atlassian.com/server/bitbucket/rest/v902/
const REPORT = {
  type: 'object',
  required: ['data', 'title'],
  additionalProperties: false,
  properties: {
    title: { ...text(450), minLength: 1 },
    details: text(2_000),
    result: { enum: ['PASS', 'FAIL'] },
    reporter: text(450),
    link: { type: 'string', pattern: '^https?://' },
    data: {
      type: 'array',
      maxItems: 6,
      items: {
        type: 'object',
        required: ['title', 'type', 'value'],
        additionalProperties: false,
        properties: { title: { type: 'string' }, type: { const: 'NUMBER' }, value: { type: 'number' } },
      },
    },
  },
};
const ANNOTATIONS = {
  type: 'object',
  required: ['annotations'],
  additionalProperties: false,
  properties: {
    annotations: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['message', 'severity'],
        additionalProperties: false,
        properties: {
          path: text(50_000),
          line: { type: 'integer', minimum: 0 },
          message: { ...text(2_000), minLength: 1 },
          severity: { enum: ['LOW', 'MEDIUM', 'HIGH'] },
        },
      },
    },
  },
};

/** Code Insights: a report of a commit, whose annotations accumulate until they are deleted. */
export const INSIGHTS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: ON,
    handle(call, context) {
      const { body } = reportOf(call, context);
      return { status: 200, body: { key: call.params['key'], createdDate: 1_700_000_000_000, ...body } };
    },
  },
  {
    method: 'PUT',
    template: ON,
    body: REPORT,
    handle(call, context) {
      const reports = reportsOf(call, context);
      const key = call.params['key']!;
      if (key.length > 50) throw invalid('key', 'The report key must not be longer than 50 characters');
      const known = reports.get(key);
      if (known && known.creator !== call.token!.user) throw notPermitted();
      if (known) known.body = call.body;
      else reports.set(key, { creator: call.token!.user, body: call.body, annotations: [] });
      return { status: 200, body: { key, createdDate: 1_700_000_000_000, ...call.body } };
    },
  },
  {
    method: 'GET',
    template: `${ON}/annotations`,
    handle(call, context) {
      const { annotations } = reportOf(call, context);
      const reportKey = call.params['key'];
      // The order is not specified.
      const listed = [...annotations].reverse().map((one) => ({ reportKey, ...one }));
      return { status: 200, body: { totalCount: annotations.length, annotations: listed } };
    },
  },
  {
    method: 'POST',
    template: `${ON}/annotations`,
    body: ANNOTATIONS,
    handle(call, context) {
      const report = ownReport(call, context);
      const more = call.body['annotations'] as FakeReport['annotations'];
      const max = context.world.maxAnnotations;
      if (report.annotations.length + more.length > max) {
        throw invalid('annotations', `The report cannot have more than ${max} annotations`);
      }
      report.annotations = [...report.annotations, ...more];
      return { status: 204 };
    },
  },
  {
    method: 'DELETE',
    template: `${ON}/annotations`,
    query: ['externalId'],
    handle(call, context) {
      ownReport(call, context).annotations = [];
      return { status: 204 };
    },
  },
];

function ownReport(call: Call, context: Context): FakeReport {
  const report = reportOf(call, context);
  if (report.creator !== call.token!.user) throw notPermitted();
  return report;
}

function reportOf(call: Call, context: Context): FakeReport {
  const found = reportsOf(call, context).get(call.params['key']!);
  if (!found) throw notFound('codeinsights.report.NoSuchReport');
  return found;
}

function reportsOf(call: Call, context: Context): Map<string, FakeReport> {
  const sha = call.params['sha']!;
  if (!/^[0-9a-f]{40}$/.test(sha)) throw invalid('commitId', 'A full commit hash is needed.');
  const found = repositoryOf(call, context).reports.get(sha);
  if (!found) throw notFound('commit.NoSuchCommit');
  return found;
}
