import type { Cursor } from './cursor';
import { LEVELS, type SarifLevel, type SarifRule, type SarifRules } from './sarif-rules';

/** Rule levels that were set when the tool was started, which replace the rules' own levels. */
export class SarifLevels {
  readonly #invocations: readonly ReadonlyMap<SarifRule, SarifLevel>[];

  constructor(run: Cursor, rules: SarifRules) {
    this.#invocations = run
      .get('invocations')
      .items()
      .map((invocation) => overridesOf(invocation.get('ruleConfigurationOverrides'), rules));
  }

  /** A result that names no invocation belongs to the only one (§3.48.6). */
  find(result: Cursor, rule: SarifRule): SarifLevel | undefined {
    const said = result.get('provenance').get('invocationIndex').integer(-1);
    return this.#invocations[said ?? (this.#invocations.length === 1 ? 0 : -1)]?.get(rule);
  }
}

function overridesOf(overrides: Cursor, rules: SarifRules): ReadonlyMap<SarifRule, SarifLevel> {
  const levels = new Map<SarifRule, SarifLevel>();
  for (const override of overrides.items()) {
    const rule = rules.referred(override.get('descriptor'));
    const level = override.get('configuration').get('level').oneOf(LEVELS);
    if (rule && level) levels.set(rule, level);
  }
  return levels;
}
