import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { register } from 'prom-client';
import { parse } from 'yaml';
import { Scrubber } from '../logging/scrubber';
import { TelemetryModule } from '../telemetry.module';
import { AGENT_METRIC_PROVIDERS } from './agent-metrics';
import { CREDENTIAL_METRIC_PROVIDERS } from './credential-metrics';
import { SCHEDULING_METRIC_PROVIDERS } from './scheduling-metrics';

const DOCKER = join(__dirname, '../../../../docker');
const read = (file: string) => readFileSync(join(DOCKER, file), 'utf8');
const PAGE = readFileSync(join(DOCKER, '../docs/operations/monitoring.md'), 'utf8');

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets: readonly { expr: string }[];
  }[];
}
interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

const DASHBOARD = JSON.parse(read('grafana-dashboard.json')) as Dashboard;
const RULES = (parse(read('alerts.yml')) as Rules).groups.flatMap(({ rules }) => rules);
const EXPRESSIONS: [name: string, expr: string][] = [
  ...DASHBOARD.panels.flatMap(({ title, targets }) => targets.map(({ expr }): [string, string] => [title, expr])),
  ...RULES.map(({ alert, expr }): [string, string] => [alert, expr]),
];

/** The metric that Prometheus adds for each target, with the labels that it adds to every series. */
const SCRAPED = { metric: 'up', labels: ['job', 'instance'] };

describe('the dashboard and the alerts', () => {
  const labels = new Map<string, readonly string[]>([[SCRAPED.metric, SCRAPED.labels]]);
  const ours: string[] = [];

  beforeAll(async () => {
    const telemetry = TelemetryModule.forRoot({ app: 'test', logLevel: 'silent', scrubber: new Scrubber() });
    const module = await Test.createTestingModule({
      imports: [telemetry],
      providers: [...SCHEDULING_METRIC_PROVIDERS, ...AGENT_METRIC_PROVIDERS, ...CREDENTIAL_METRIC_PROVIDERS],
    }).compile();
    for (const { name } of register.getMetricsAsArray()) {
      const metric = register.getSingleMetric(name) as unknown as { labelNames?: readonly string[]; type?: string };
      const names = [...(metric.labelNames ?? []), ...SCRAPED.labels];
      if (/^(integrations|scm)_/.test(name)) ours.push([name, metric.type, ...(metric.labelNames ?? [])].join(' '));
      labels.set(name, names);
      labels.set(`${name}_bucket`, [...names, 'le']);
    }
    await module.close();
  });

  it('are found, with unique ids and names', () => {
    expect(DASHBOARD.panels.length).toBeGreaterThan(5);
    expect(RULES.length).toBeGreaterThan(5);
    expect(new Set(DASHBOARD.panels.map(({ id }) => id)).size).toBe(DASHBOARD.panels.length);
    expect(new Set(RULES.map(({ alert }) => alert)).size).toBe(RULES.length);
  });

  it.each(EXPRESSIONS)('use in "%s" only metrics and labels that the apps register: %s', (_, expr) => {
    const metrics = metricsOf(expr);
    expect(metrics).not.toEqual([]);
    expect(metrics.filter((metric) => !labels.has(metric))).toEqual([]);
    const known = metrics.flatMap((metric) => labels.get(metric) ?? []);
    expect(labelsOf(expr).filter((label) => !known.includes(label))).toEqual([]);
    expect(expr.split('(').length).toBe(expr.split(')').length);
  });

  it('use metrics whose types and labels docs/operations/monitoring.md lists completely', () => {
    const rows = PAGE.matchAll(/^\| `((?:integrations|scm)_\w+)` \| (\w+) \|([^:|]*)/gm);
    const documented = [...rows].map(([, name, type, named]) =>
      [name, type, ...[...named!.matchAll(/`(\w+)`/g)].map(([, label]) => label)].join(' '),
    );
    expect(documented.sort()).toEqual(ours.sort());
  });

  it('are loaded by prometheus.yml, which scrapes each app', () => {
    const config = parse(read('prometheus.yml')) as { rule_files: string[]; scrape_configs: { job_name: string }[] };
    expect(config.rule_files).toEqual(['alerts.yml']);
    const apps = Object.keys((parse(read('compose.yaml'), { merge: true }) as { services: object }).services);
    const jobs = config.scrape_configs.map(({ job_name }) => job_name);
    expect(apps).toEqual(expect.arrayContaining(jobs));
    expect(jobs).toEqual(['catalog-api', 'health-worker', 'annotation-dispatcher']);
  });
});

/** The names in an expression that are not functions, labels, keywords or quoted text. */
function metricsOf(expr: string): string[] {
  const bare = expr.replaceAll(/\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)|"[^"]*"/g, ' ');
  return [...bare.matchAll(/\b[a-z_]+[a-z0-9_]*\b(?!\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => !KEYWORDS.has(name));
}

function labelsOf(expr: string): string[] {
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) =>
    list!.split(',').map((one) => one.trim()),
  );
  const selected = [...expr.matchAll(/([a-z_]+) ?(?:=|!=|=~|!~) ?"/g)].map(([, label]) => label!);
  return [...grouped, ...selected];
}

const KEYWORDS = new Set(['by', 'or', 'and', 'unless', 'on', 'offset']);
