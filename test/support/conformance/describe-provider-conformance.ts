import { actionsOf } from './actions';
import { abortChecks } from './checks/abort';
import { capabilityChecks } from './checks/capabilities';
import type { Check, Plan } from './checks/check';
import { configChecks } from './checks/config';
import { faultChecks } from './checks/faults';
import { isolationChecks } from './checks/isolation';
import { repeatChecks } from './checks/repeats';
import { verdictChecks } from './checks/verdicts';
import { faultsOf, Rig } from './rig';
import type { ConformanceSubject } from './subject';

/** Declares a jest suite that holds a provider to the contract of plugins. */
export function describeProviderConformance(subject: ConformanceSubject): void {
  describe(`${subject.createPlugin().provider} conforms`, () => {
    let rig: Rig;
    beforeAll(async () => {
      rig = await Rig.start(subject);
    });
    afterAll(() => rig.stop());

    for (const check of conformanceChecks(subject)) it(check.title, () => check.run(rig));
  });
}

/** All checks that apply to a provider, by what it declares. */
export function conformanceChecks(subject: ConformanceSubject): Check[] {
  const operations = subject.createPlugin().capabilities;
  const plan: Plan = { operations, actions: actionsOf(subject.requests, operations), faults: faultsOf(subject) };
  return [
    ...configChecks(),
    ...capabilityChecks(),
    ...faultChecks(plan),
    ...abortChecks(plan),
    ...verdictChecks(plan),
    ...repeatChecks(plan),
    ...isolationChecks(plan),
  ];
}
