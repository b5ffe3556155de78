import { join } from 'node:path';
import { testRules } from '../../support/promtool';

const ALERTS = join(__dirname, '../../../docker/alerts.yml');
const SCRAPE = '15s';

type Alert = readonly [labels: object, annotations: object];

/** What differs from this: after ten minutes of these series `fires` are all alerts of that name. */
const differs = (series: Readonly<Record<string, string>>, alertname: string, fires: readonly Alert[]) =>
  testRules(ALERTS, {
    interval: SCRAPE,
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [
      {
        eval_time: '10m',
        alertname,
        exp_alerts: fires.map(([exp_labels, exp_annotations]) => ({ exp_labels, exp_annotations })),
      },
    ],
  });

describe('An alert, as Prometheus judges it,', () => {
  const gone = (job: string): Alert => [
    { severity: 'critical', job },
    {
      summary: `No instance of ${job} answers`,
      description: 'Without a worker nothing is checked, without a dispatcher annotations wait.',
    },
  ];

  it('tells of each service that is gone, by its name', async () => {
    const series = {
      'up{job="catalog-api", instance="a"}': '1x60',
      'up{job="health-worker", instance="b"}': '0x60',
      'up{job="health-worker", instance="c"}': '0x60',
    };
    expect(
      await differs(series, 'IntegrationsServiceGone', [gone('annotation-dispatcher'), gone('health-worker')]),
    ).toBe('');
  });

  it('tells of no service of which one instance answers', async () => {
    const series = {
      'up{job="catalog-api", instance="a"}': '1x60',
      'up{job="health-worker", instance="b"}': '0x60',
      'up{job="health-worker", instance="c"}': '1x60',
      'up{job="annotation-dispatcher", instance="d"}': '1x60',
    };
    expect(await differs(series, 'IntegrationsServiceGone', [])).toBe('');
  });
});
