export { compose, type ComposeOptions, type Composition, publishedUnder } from './compose';
export { type Annotation, type AnnotationPart, partsOf } from './parts';
export type { Changes } from './changes';
export type { Evidence, Finding, ScanReport } from './finding';
export { COMMON_LIMITS } from './limits';
export { type CheckRunPayload, PayloadBuilder, type PayloadOptions } from './payload-builder';
export type { Summary, Unplaced } from './render/summary';
export { type ReadSource, readSource } from './sources/read-source';
