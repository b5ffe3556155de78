export { compose, type Composition, publishedUnder } from './compose';
export { type Annotation, partsOf, previewOf, reportOf } from './parts';
export type { Finding, ScanReport } from './finding';
export { COMMON_LIMITS } from './limits';
export type { Summary, Unplaced } from './render/summary';
export { readSource } from './sources/read-source';
