export { annotationRequests, partsOfCheckRun } from './annotation-requests';
export { conformanceChecks, describeProviderConformance } from './describe-provider-conformance';
export type { Fault } from './faults';
export { Rig } from './rig';
export type { ConformanceSubject, FakeVendor, OfflineVendor, SampleRequests, WireVendor } from './subject';
