import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../scripts/stack/child.ts';
import { fromDebian, onPath } from '../../scripts/stack/debian-package.ts';
import { temporaryDirectory } from './temporary';

/** https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#test_group */
export interface RuleTest {
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test: readonly {
    readonly eval_time: string;
    readonly alertname: string;
    /** All alerts that fire at that time. */
    readonly exp_alerts: readonly { readonly exp_labels: object; readonly exp_annotations: object }[];
  }[];
}

/** The promtool of Debian's package prometheus; null if not available. */
export async function findPromtool(): Promise<string | null> {
  return onPath('promtool') ?? (await fromDebian('prometheus', 'usr/bin/promtool'));
}

/** Tests the rules of a file with Prometheus itself. Returns the differences, or an empty text. */
export async function testRules(ruleFile: string, test: RuleTest): Promise<string> {
  const program = await findPromtool();
  if (!program) throw new Error('found no promtool: install it, as with apt-get install prometheus');
  const directory = temporaryDirectory();
  const file = join(directory, 'test.yml');
  writeFileSync(file, JSON.stringify({ rule_files: [ruleFile], evaluation_interval: test.interval, tests: [test] }));
  const { code, output } = await run(program, ['test', 'rules', file]);
  rmSync(directory, { recursive: true, force: true });
  return code === 0 ? '' : output;
}
