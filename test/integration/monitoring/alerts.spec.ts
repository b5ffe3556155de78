import { join } from 'node:path';
import { findPromtool, testRules } from '../../support/promtool';

const ALERTS = join(__dirname, '../../../docker/alerts.yml');
const SCRAPE = '15s';

type Alert = readonly [labels: object, annotations: object];

/** Returns the differences if `fires` are not all alerts of that name at that time, by default after ten minutes. */
const differs = (
  series: Readonly<Record<string, string>>,
  alertname: string,
  fires: readonly Alert[],
  eval_time = '10m',
) =>
  testRules(ALERTS, {
    interval: SCRAPE,
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [
      {
        eval_time,
        alertname,
        exp_alerts: fires.map(([exp_labels, exp_annotations]) => ({ exp_labels, exp_annotations })),
      },
    ],
  });

// promtool may have to be downloaded first.
beforeAll(findPromtool);

describe('The alert rules, as Prometheus evaluates them,', () => {
  const gone = (job: string): Alert => [
    { severity: 'critical', job },
    {
      summary: `No instance of ${job} answers`,
      description:
        'Without a health-worker nothing is checked; without a dispatcher annotations wait. If the service ends at ' +
        'its start, "cannot start" or "The configuration is wrong" in its last lines says why.',
    },
  ];

  it('report each service that is gone, by name', async () => {
    const series = {
      'up{job="catalog-api", instance="a"}': '1x60',
      'up{job="health-worker", instance="b"}': '0x60',
      'up{job="health-worker", instance="c"}': '0x60',
    };
    expect(
      await differs(series, 'IntegrationsServiceGone', [gone('annotation-dispatcher'), gone('health-worker')]),
    ).toBe('');
  });

  it('report no service of which one instance still answers', async () => {
    const series = {
      'up{job="catalog-api", instance="a"}': '1x60',
      'up{job="health-worker", instance="b"}': '0x60',
      'up{job="health-worker", instance="c"}': '1x60',
      'up{job="annotation-dispatcher", instance="d"}': '1x60',
    };
    expect(await differs(series, 'IntegrationsServiceGone', [])).toBe('');
  });

  const away: Alert = [
    { severity: 'critical', job: 'catalog-api' },
    {
      summary: 'PostgreSQL does not answer, or accepts no writes: 1 of catalog-api',
      description:
        'Until it is back, these instances check, register and post nothing. Accepted work continues by itself ' +
        'afterwards; restart no app. If only one service is affected, PostgreSQL refuses its login or has no ' +
        'connection left for it; "event relay interrupted" in its log says why. See ' +
        'docs/operations/outages.md#postgresql-is-away.',
    },
  ];

  it.each<[string, string, readonly Alert[]]>([
    ['report the one service that PostgreSQL does not answer', '1x20 0x20', [away]],
    ['ignore a single failure', '1x38 0 1', []],
    ['ignore an app that has gone since', '1x10 0x20 stale', []],
    ['ignore PostgreSQL once it is back', '1x10 0x20 1x10', []],
  ])('%s', async (_, values, fires) => {
    const series = {
      'integrations_database_up{job="catalog-api", instance="a"}': values,
      'integrations_database_up{job="health-worker", instance="b"}': '1x60',
    };
    expect(await differs(series, 'IntegrationsDatabaseAway', fires)).toBe('');
  });

  const unheard = (job: string): Alert => [
    { severity: 'critical', job },
    {
      summary: `NATS does not answer: 1 of ${job}`,
      description:
        'Until NATS is back, these instances receive no requests and publish no events. The events wait and are ' +
        'published afterwards; restart nothing. If only one service is affected, NATS refuses its user; "NATS ' +
        'reports an error" in its log says why.',
    },
  ];

  it.each<[string, string, readonly Alert[]]>([
    ['report that NATS is away even if no event waits', '1x20 0x20', [unheard('health-worker')]],
    ['ignore NATS once it is back', '1x10 0x20 1x10', []],
    ['ignore a moment without NATS', '1x38 0 0', []],
  ])('%s', async (_, values, fires) => {
    const series = {
      'integrations_nats_up{job="health-worker", instance="a"}': values,
      'integrations_nats_up{job="health-worker", instance="b"}': '1x60',
    };
    expect(await differs(series, 'IntegrationsNatsAway', fires)).toBe('');
  });

  it('report the one service whose NATS user is refused', async () => {
    const series = {
      'integrations_nats_up{job="annotation-dispatcher", instance="a"}': '1x20 0x20',
      'integrations_nats_up{job="health-worker", instance="b"}': '1x60',
    };
    expect(await differs(series, 'IntegrationsNatsAway', [unheard('annotation-dispatcher')])).toBe('');
  });

  const leaderless: Alert = [
    { severity: 'critical' },
    {
      summary: 'NATS answers, but not about the stream INTEGRATIONS_ANNOTATE',
      description:
        'Probably the stream has no leader, because most of its servers are away, or a nats-server needs a restart. ' +
        'Annotations can neither be submitted through it nor be accepted from it. "the age of submitted requests ' +
        'cannot be read" in the logs of the health-workers says why. See ' +
        'docs/operations/outages.md#a-server-of-a-nats-cluster-is-away.',
    },
  ];

  it.each<[string, string, string, readonly Alert[]]>([
    ['report a stream without a leader, although NATS answers', 'NaN '.repeat(60), '1x60', [leaderless]],
    ['ignore a stream that is without a leader for a moment', `${'0 '.repeat(36)} ${'NaN '.repeat(24)}`, '1x60', []],
    ['ignore a stream that has a leader again', `${'NaN '.repeat(30)} ${'0 '.repeat(30)}`, '1x60', []],
    ['leave NATS that is away to the alert for that', 'NaN '.repeat(60), '0x60', []],
  ])('%s', async (_, age, up, fires) => {
    const series = {
      'integrations_submission_oldest_seconds{job="health-worker", instance="a"}': age,
      'integrations_nats_up{job="health-worker", instance="a"}': up,
      'integrations_nats_up{job="catalog-api", instance="b"}': '1x60',
    };
    expect(await differs(series, 'IntegrationsJetStreamAway', fires)).toBe('');
  });

  it('report events that wait although NATS answers, for example because it is full', async () => {
    const series = {
      'integrations_outbox_oldest_seconds{job="health-worker", instance="a"}': '0+15x80',
      'integrations_nats_up{job="health-worker", instance="a"}': '1x80',
    };
    const told: Alert = [
      { severity: 'warning' },
      {
        summary: 'Events have waited 11m 0s to be published',
        description:
          'NATS is away or refuses to store them, or no event relay runs; "event relay interrupted" in the logs says ' +
          'why.',
      },
    ];
    expect(await differs(series, 'IntegrationsEventsWait', [], '9m')).toBe('');
    expect(await differs(series, 'IntegrationsEventsWait', [told], '11m')).toBe('');
    expect(await differs(series, 'IntegrationsNatsAway', [], '11m')).toBe('');
  });

  const unchecked: Alert = [
    { severity: 'critical' },
    {
      summary: 'Health checks have been due for 10m 15s',
      description:
        'The health-workers start no checks, or far too few. "probes could not be claimed or recorded" in their logs ' +
        "says why, for example that PostgreSQL's disk is full.",
    },
  ];

  it.each<[string, string, readonly Alert[]]>([
    ['report that no worker starts the due checks', '0+15x80', [unchecked]],
    ['ignore checks that are only late', '240x80', []],
    ['ignore checks while PostgreSQL is away', 'NaN '.repeat(80), []],
  ])('%s', async (_, values, fires) => {
    const series = {
      'integrations_probe_oldest_due_seconds{job="health-worker", instance="a"}': values,
      'integrations_probe_oldest_due_seconds{job="health-worker", instance="b"}': '0x80',
    };
    expect(await differs(series, 'IntegrationsChecksNotMade', fires, '10m15s')).toBe('');
  });

  const unposted: Alert = [
    { severity: 'critical' },
    {
      summary: 'Annotations have been due for 10m 15s',
      description:
        'No dispatcher posts them, or too few dispatchers run. If IntegrationsServiceGone does not fire for the ' +
        'dispatchers, "cannot look for due lanes" in their logs says why. Without that line, start more dispatchers ' +
        'or raise LANE_CONCURRENCY.',
    },
  ];

  const OLDEST_ANNOTATION = 'integrations_annotation_oldest_due_seconds{job="health-worker", instance="a"}';

  it.each<[string, string, readonly Alert[]]>([
    ['report that no dispatcher takes the due annotations', '0+15x80', [unposted]],
    ['ignore annotations that are only late', '240x80', []],
    ['ignore a backlog that has been worked off', '0+15x30 0x50', []],
    ['ignore annotations while PostgreSQL is away', 'NaN '.repeat(80), []],
  ])('%s', async (_, values, fires) => {
    expect(await differs({ [OLDEST_ANNOTATION]: values }, 'IntegrationsAnnotationsWait', fires, '10m15s')).toBe('');
  });

  const unaccepted: Alert = [
    { severity: 'critical' },
    {
      summary: 'Requests for annotations have waited 10m 15s in INTEGRATIONS_ANNOTATE',
      description:
        'No dispatcher accepts these requests, or one of them. If neither IntegrationsServiceGone nor ' +
        'IntegrationsDatabaseAway fires, "message handler failed" or "stream consumer interrupted" in the logs of ' +
        "the dispatchers says why. Without these lines, the dispatchers' consumer has been changed: delete it, as " +
        'docs/operations/outages.md#submissions-wait explains.',
    },
  ];

  it.each<[string, string, readonly Alert[]]>([
    ['report requests that no dispatcher accepts, once for all workers', '0+15x80', [unaccepted]],
    ['ignore requests that are only accepted late', '240x80', []],
    ['ignore requests while NATS is away', 'NaN '.repeat(80), []],
  ])('%s', async (_, values, fires) => {
    const series = {
      'integrations_submission_oldest_seconds{job="health-worker", instance="a"}': values,
      'integrations_submission_oldest_seconds{job="health-worker", instance="b"}': values,
      [OLDEST_ANNOTATION]: '0x80',
      'up{job="annotation-dispatcher", instance="c"}': '1x80',
    };
    expect(await differs(series, 'IntegrationsSubmissionsWait', fires, '10m15s')).toBe('');
    expect(await differs(series, 'IntegrationsAnnotationsWait', [], '10m15s')).toBe('');
  });

  it('report annotations that wait in addition to the dispatcher that is gone', async () => {
    const series = {
      [OLDEST_ANNOTATION]: '0+15x80',
      'up{job="annotation-dispatcher", instance="a"}': '0x80',
      'up{job="health-worker", instance="b"}': '1x80',
      'up{job="catalog-api", instance="c"}': '1x80',
    };
    expect(await differs(series, 'IntegrationsServiceGone', [gone('annotation-dispatcher')], '10m15s')).toBe('');
    expect(await differs(series, 'IntegrationsAnnotationsWait', [unposted], '10m15s')).toBe('');
  });

  const failing: Alert = [
    { severity: 'warning', provider: 'gitlab' },
    {
      summary: 'Most checks of gitlab fail',
      description:
        'GET /integrations?health=unhealthy lists the integrations and the reasons. The vendor, or the network to ' +
        'it, is in trouble. If there are only a few integrations, a refused credential is enough; ' +
        'IntegrationsCredentialsRefused fires then, too.',
    },
  ];

  it.each(['2h1m', '2h6m', '2h14m'])('keep reporting a provider whose only integration fails, at %s', async (at) => {
    const every15Minutes = Array.from({ length: 12 }, (_, checks) => `${checks + 1}x59`).join(' ');
    const series = {
      'integrations_health_check_total{provider="gitlab", status="unhealthy", instance="a"}': every15Minutes,
      'integrations_health_check_total{provider="gitlab", status="healthy", instance="a"}': '100x720',
    };
    expect(await differs(series, 'IntegrationsProviderFails', [failing], at)).toBe('');
  });

  it('report an unavailable secret store, through the providers whose checks cannot be made', async () => {
    const series = {
      'integrations_health_check_total{provider="gitlab", status="unknown", instance="a"}': '0x40 1+1x120',
      'integrations_health_check_total{provider="gitlab", status="healthy", instance="a"}': '0+4x160',
      'integrations_health_check_total{provider="harbor", status="unhealthy", instance="a"}': '0+4x160',
      'integrations_health_check_total{provider="harbor", status="unknown", instance="a"}': '0x40 1x120',
    };
    const unknown: Alert = [
      { severity: 'warning', provider: 'gitlab' },
      {
        summary: 'More than a tenth of the checks of gitlab cannot be made',
        description:
          'The status of these integrations becomes stale. Their secret store is unavailable or has no value for ' +
          'them, or the workers are in trouble. "checks could not be made" in their logs says why; so does a test of ' +
          'one: POST /integrations/{id}/test.',
      },
    ];
    expect(await differs(series, 'IntegrationsChecksUnknown', [], '10m')).toBe('');
    expect(await differs(series, 'IntegrationsChecksUnknown', [unknown], '38m')).toBe('');
  });

  it.each(['2h1m', '2h14m', '2h19m'])(
    'report that all annotations fail, with three scans an hour, at %s',
    async (at) => {
      const every20Minutes = Array.from({ length: 9 }, (_, scans) => `${3 * scans + 3}x79`).join(' ');
      const series = {
        'scm_annotation_total{provider="gitlab", operation="comment", status="failed", instance="a"}': every20Minutes,
        'scm_annotation_total{provider="gitlab", operation="comment", status="succeeded", instance="a"}': '100x720',
      };
      const rejected: Alert = [
        { severity: 'warning', provider: 'gitlab' },
        {
          summary: 'More than a tenth of the annotations through gitlab fail',
          description:
            'GET /annotations?state=failed lists them with their error codes. Once the cause is fixed, POST ' +
            '/annotations/{operationId}/retry.',
        },
      ];
      expect(await differs(series, 'IntegrationsAnnotationsFail', [rejected], at)).toBe('');
    },
  );

  const refused: Alert = [
    { severity: 'warning', provider: 'gitlab' },
    {
      summary: 'gitlab refuses the credentials of integrations: 2',
      description:
        'Nothing succeeds through these integrations, and they are disabled after AUTO_DISABLE_AFTER_HOURS. "health ' +
        'changed" in the logs of the workers names each. Renew its secret, then test it: POST ' +
        '/integrations/{id}/test. See docs/operations/failing-credentials.md.',
    },
  ];

  it.each<[string, string, readonly Alert[]]>([
    ['report refused credentials, once for all workers', '_x20 2x100', [refused]],
    ['ignore a credential that is renewed at once', '_x60 2x40 stale', []],
  ])('%s', async (_, values, fires) => {
    const series = {
      'integrations_credential_refused{job="health-worker", provider="gitlab", instance="a"}': values,
      'integrations_credential_refused{job="health-worker", provider="gitlab", instance="b"}': values,
    };
    expect(await differs(series, 'IntegrationsCredentialsRefused', fires, '25m')).toBe('');
  });

  const disabled: Alert = [
    { severity: 'info', provider: 'gitlab' },
    {
      summary: 'Integrations of gitlab were disabled because their credential keeps failing',
      description:
        'The audit trail names the integrations. Renew their secrets, test the integrations, then enable them.',
    },
  ];
  const parked: Alert = [
    { severity: 'info', provider: 'gitlab' },
    {
      summary: 'Annotations through gitlab are parked',
      description:
        'Those parked because their vendor cannot be reached are replayed automatically. If posting is switched off, ' +
        'replay the others once you have switched it on again. See docs/operations/posting-offline.md.',
    },
  ];
  const dead: Alert = [
    { severity: 'warning', job: 'annotation-dispatcher', reason: 'invalid_request' },
    {
      summary: 'Messages to annotation-dispatcher went to the dead letters: invalid_request',
      description:
        'Nobody handles these messages any more, and their senders are not notified. "message went to the dead ' +
        'letters" in the log says what was wrong. docs/operations/dead-letters.md says what to do for each reason, ' +
        'and how to send a message again.',
    },
  ];
  const DEAD = 'integrations_dead_letter_total{job="annotation-dispatcher", reason="invalid_request", instance="a"}';
  const DISABLED = 'integrations_auto_disabled_total{provider="gitlab", instance="a"}';
  const PARKED = 'scm_annotation_total{provider="gitlab", operation="comment", status="parked_offline", instance="a"}';

  it.each([
    ['IntegrationsCredentialsDisabled', DISABLED, disabled],
    ['IntegrationsAnnotationsParked', PARKED, parked],
    ['IntegrationsDeadLetters', DEAD, dead],
  ])(
    'fire %s for the first event that a process counts, even if the process has ended since',
    async (alert, series, told) => {
      expect(await differs({ [series]: '_x30 5x30' }, alert, [told])).toBe('');
      const stopped = { [series]: '_x28 5x4 stale _x7' };
      expect(await differs(stopped, alert, [told])).toBe('');
    },
  );

  it.each([
    ['IntegrationsCredentialsDisabled', DISABLED, disabled],
    ['IntegrationsAnnotationsParked', PARKED, parked],
    ['IntegrationsDeadLetters', DEAD, dead],
  ])('fire %s for events counted later, but not for old ones', async (alert, series, told) => {
    expect(await differs({ [series]: '5x500' }, alert, [], '2h')).toBe('');
    expect(await differs({ [series]: '5x460 6x40' }, alert, [told], '2h')).toBe('');
  });
});
