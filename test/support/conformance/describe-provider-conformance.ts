import { callsOf, probeActions, sorted } from './actions';
import { abortChecks } from './checks/abort';
import { answerChecks } from './checks/answers';
import { budgetChecks } from './checks/budget';
import { capabilityChecks } from './checks/capabilities';
import type { Check, Plan } from './checks/check';
import { configChecks } from './checks/config';
import { discoveryChecks } from './checks/discovery';
import { faultChecks } from './checks/faults';
import { inlineCommentChecks } from './checks/inline-comments';
import { egressChecks, secretChecks } from './checks/isolation';
import { previewChecks } from './checks/preview';
import { pullRequestChecks } from './checks/pull-requests';
import { repeatChecks } from './checks/repeats';
import { verdictChecks } from './checks/verdicts';
import { faultsOf, Rig } from './rig';
import type { ConformanceSubject } from './subject';

/** Some checks repeat an operation for each of its requests and each possible fault. */
const PATIENCE_OF_A_CHECK_MS = 120_000;

/** Declares a jest suite that holds a provider to the contract of plugins. */
export function describeProviderConformance(subject: ConformanceSubject): void {
  describe(`${subject.createPlugin().provider} conforms`, () => {
    let rig: Rig;
    beforeAll(async () => {
      rig = await Rig.start(subject);
    });
    afterAll(() => rig.stop());

    for (const check of conformanceChecks(subject)) it(check.title, () => check.run(rig), PATIENCE_OF_A_CHECK_MS);
  });
}

/** All checks that apply to a provider's declared capabilities. Checks whose failure makes others fail come first. */
export function conformanceChecks(subject: ConformanceSubject): Check[] {
  const { capabilities } = subject.createPlugin();
  const calls = callsOf(subject.requests, capabilities);
  const actions = [...calls, ...probeActions()];
  const plan: Plan = { ...sorted(subject.requests, capabilities), calls, actions, faults: faultsOf(subject) };
  return [
    ...configChecks(),
    ...capabilityChecks(),
    ...egressChecks(plan),
    ...answerChecks(plan),
    ...budgetChecks(plan),
    ...faultChecks(plan),
    ...abortChecks(plan),
    ...verdictChecks(plan),
    ...repeatChecks(plan),
    ...previewChecks(plan),
    ...inlineCommentChecks(plan),
    ...pullRequestChecks(plan),
    ...discoveryChecks(plan),
    ...secretChecks(plan),
  ];
}
