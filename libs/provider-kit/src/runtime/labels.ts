import type { LabelRequirement } from './runtime-host-connector';

/** Parses a selector: `app=shop,tier` requires `app` with the value `shop` and `tier` with any value. */
export function parseLabels(selector: string): readonly LabelRequirement[] {
  return selector.split(',').map((part) => {
    const equals = part.indexOf('=');
    return equals < 0 ? { name: part, value: null } : { name: part.slice(0, equals), value: part.slice(equals + 1) };
  });
}

/** For hosts that cannot filter by label themselves. */
export function meetsLabels(
  labels: Readonly<Record<string, string>>,
  requirements: readonly LabelRequirement[],
): boolean {
  return requirements.every(
    ({ name, value }) => Object.hasOwn(labels, name) && (value === null || labels[name] === value),
  );
}
