import { Test } from '@nestjs/testing';
import { type Histogram, register } from 'prom-client';
import { SCHEDULING_METRIC_PROVIDERS, SchedulingMetrics } from './scheduling-metrics';

// Prometheus knows only the bucket of a lag, and may report a value near the upper bound of that bucket.
it.each([31, 66, 121])(
  'the lag buckets do not report a check that is %d s late as three times as late',
  async (lag) => {
    register.clear();
    const module = await Test.createTestingModule({
      providers: SCHEDULING_METRIC_PROVIDERS,
    }).compile();
    module.get(SchedulingMetrics).probeStarted('gitlab', lag);
    const histogram = register.getSingleMetric('integrations_probe_start_lag_seconds') as Histogram;
    const { values } = await histogram.get();
    const bounds = values.filter(({ value }) => value > 0).map(({ labels }) => labels.le);
    expect(Math.min(...bounds.filter((bound) => typeof bound === 'number'))).toBeLessThan(3 * lag);
  },
);
