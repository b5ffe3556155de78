import assert from 'node:assert/strict';
import { type FieldError, validate, type Validated } from '@integrations/contracts';
import { checkPlugin } from '@integrations/providers';
import { getMetadataStorage } from 'class-validator';
import type { Rig } from '../rig';
import type { Check } from './check';

/** A value that fits no field: an object with one unknown property. */
const MISFIT = { unexpected: true };

export function configChecks(): Check[] {
  return [
    { title: 'plugin: matches the plugin contract', run: hasShape },
    { title: 'config: accepts the sample', run: acceptsSample },
    { title: 'config: names exactly the required fields when it is empty', run: judgesEmpty },
    { title: 'config: names a malformed field', run: namesMalformed },
  ];
}

async function hasShape(rig: Rig): Promise<void> {
  const checked = checkPlugin(rig.subject.createPlugin());
  assert.ok(checked.ok, checked.ok ? '' : checked.reason);
}

async function acceptsSample(rig: Rig): Promise<void> {
  const checked = judge(rig, rig.subject.config);
  assert.ok(checked.ok, `the sample config is refused: ${JSON.stringify(errorsOf(checked))}`);
}

async function judgesEmpty(rig: Rig): Promise<void> {
  const named = new Set(errorsOf(judge(rig, {})).map(({ field }) => field));
  for (const field of Object.keys(rig.subject.config)) {
    const without = Object.fromEntries(Object.entries(rig.subject.config).filter(([name]) => name !== field));
    const required = !judge(rig, without).ok;
    assert.equal(named.has(field), required, `${field} is ${required ? '' : 'not '}required; {} names ${[...named]}`);
  }
}

async function namesMalformed(rig: Rig): Promise<void> {
  for (const field of fieldsOf(rig)) {
    const errors = errorsOf(judge(rig, { ...rig.subject.config, [field]: MISFIT }));
    const named = errors.some((error) => error.field === field || error.field.startsWith(`${field}.`));
    assert.ok(named, `${field}: ${JSON.stringify(MISFIT)} is not refused by the name of the field`);
  }
}

function judge(rig: Rig, config: unknown): Validated<object> {
  return validate(rig.subject.createPlugin().config, config);
}

function errorsOf(checked: Validated<object>): readonly FieldError[] {
  return checked.ok ? [] : checked.errors;
}

function fieldsOf(rig: Rig): Set<string> {
  const { config } = rig.subject.createPlugin();
  const metadata = getMetadataStorage().getTargetValidationMetadatas(config, '', true, false);
  return new Set([...metadata.map(({ propertyName }) => propertyName), ...Object.keys(rig.subject.config)]);
}
