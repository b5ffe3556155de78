import { type FieldError, MAX_ANNOTATIONS, type ScmEvidence, type ScmPublishSource } from '@integrations/contracts';
import type { ScanReport } from '../finding';
import { fingerprinted } from '../fingerprint';
import { Cursor } from './cursor';
import { readFindings, readStella } from './own';
import { readRdjson } from './rdjson';
import { readSarif } from './sarif';
import type { SourceContent } from './source-content';

export type ReadSource =
  { readonly ok: true; readonly report: ScanReport } | { readonly ok: false; readonly errors: readonly FieldError[] };

/**
 * Reads a source that already passed validation. The parts of SARIF and rdjson that are shown are checked here.
 * `evidence` overrides that of the source. Never throws.
 */
export function readSource(source: ScmPublishSource, evidence: ScmEvidence = {}): ReadSource {
  const errors: FieldError[] = [];
  const { issues, evidence: own, ...said } = contentOf(source, errors);
  if (issues.length > MAX_ANNOTATIONS) {
    const message = `contains ${issues.length} findings; at most ${MAX_ANNOTATIONS} can be published at once`;
    errors.push({ field: 'source', message });
  }
  if (errors.length > 0) return { ok: false, errors };
  return { ok: true, report: { ...said, findings: fingerprinted(issues), evidence: { ...own, ...evidence } } };
}

function contentOf({ findings, sarif, rdjson, stella, root }: ScmPublishSource, errors: FieldError[]): SourceContent {
  if (findings) return readFindings(findings);
  if (stella) return readStella(stella);
  if (sarif) return readSarif(Cursor.at('source.sarif', sarif, errors), root);
  return readRdjson(Cursor.at('source.rdjson', rdjson ?? {}, errors), root);
}
