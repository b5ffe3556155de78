export { annotationRequests, partsOfCheckRun } from './annotation-requests';
export { describeProviderConformance } from './describe-provider-conformance';
export type { FakeVendor } from './subject';
