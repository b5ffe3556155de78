import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScanReport } from './finding';
import { PayloadBuilder } from './payload-builder';
import { readSource } from './sources/read-source';

const FIXTURES = join(__dirname, '__fixtures__');
const ROOT = '/home/runner/work/shop/shop';
const NAMES = [
  ...['eslint', 'secretlint', 'markdownlint', 'codeql', 'trivy', 'semgrep', 'gitleaks', 'bandit', 'gosec', 'snyk'],
  ...['osv-scanner', 'gcc', 'multi-run', 'trivy-config', 'nuclei', 'zizmor', 'spotbugs', 'shellcheck', 'kics'],
];

function logOf(name: string): string {
  return readFileSync(join(FIXTURES, `${name}.sarif.json`), 'utf8');
}

function report(log: string): ScanReport {
  const sarif = JSON.parse(log) as object;
  const read = readSource({ sarif, root: ROOT });
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.report;
}

/** Everything that is shown of a report, in one text for review. */
function shown(name: string): string {
  const builder = new PayloadBuilder(report(logOf(name)), { title: `${name} on shop` });
  const { summary, text, annotations } = builder.checkRun();
  const { comments } = builder.inlineComments(3);
  const sections = [
    builder.status().description,
    summary,
    text ?? '(no details)',
    ...annotations.map((annotation) => JSON.stringify(annotation)),
    ...comments.map(({ body, ...place }) => `${JSON.stringify(place)}\n${body}`),
  ];
  return `${sections.join('\n\n========\n\n')}\n`;
}

describe('the output for SARIF of real tools', () => {
  it.each(NAMES)('matches the golden file of %s', (name) => {
    const file = join(FIXTURES, `${name}.md`);
    if (process.env['UPDATE_GOLDEN']) writeFileSync(file, shown(name));
    expect(existsSync(file)).toBe(true);
    expect(shown(name)).toBe(readFileSync(file, 'utf8'));
  });
});

describe('the fingerprints of SARIF of real tools', () => {
  const printsOf = (log: string) => report(log).findings.map(({ fingerprint }) => fingerprint);

  it.each(NAMES)('stay the same when all lines move: %s', (name) => {
    const moved = logOf(name).replace(
      /"((?:start|end)Line)": (\d+)/g,
      (_, key, line) => `"${key}": ${Number(line) + 10}`,
    );
    expect(printsOf(moved)).toEqual(printsOf(logOf(name)));
  });
});
