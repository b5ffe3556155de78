import { loadSources } from '../../scripts/docs/load-sources.ts';

/**
 * `node --expose-gc test/bench/payload.ts`: builds a check run with 10,000 findings and splits it into request bodies, from
 * our own format and from SARIF. Measures CPU time of this process, and the maximum growth of its heap and resident set. The
 * baseline serialises the same findings unchanged.
 */
loadSources(process.cwd());
const { compose, readSource } = await import('@integrations/payload-builder');

const COUNT = 10_000;
const ROUNDS = 5;
const BATCH = 50;

const findings = Array.from({ length: COUNT }, (_, index) => ({
  ruleId: `rule-${index % 200}`,
  severity: (['critical', 'high', 'medium', 'low', 'info'] as const)[index % 5] ?? 'none',
  title: `Something of kind ${index % 200} is not as it should be`,
  message: `The value of \`x${index}\` comes from @user input (see #${index}) and reaches <script>. `.repeat(2),
  path: `src/module-${index % 300}/file-${index % 7}.ts`,
  startLine: 1 + (index % 900),
  endLine: 2 + (index % 900),
  helpUri: `https://rules.example/${index % 200}`,
}));
const sarif = {
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { name: 'bench', rules: Array.from({ length: 200 }, (_, rule) => ({ id: `rule-${rule}` })) } },
      results: findings.map(({ ruleId, message, path, startLine, endLine }) => ({
        ruleId,
        message: { text: message },
        locations: [{ physicalLocation: { artifactLocation: { uri: path }, region: { startLine, endLine } } }],
      })),
    },
  ],
};
const request = {
  owner: 'acme',
  repository: 'shop',
  headSha: 'a'.repeat(40),
  title: 'bench',
  show: { comment: false, inline: false, checkRun: { name: 'bench' } },
  policies: { outdated: 'resolve', closed: 'skip', draft: 'post', locked: 'skip', expectHeadSha: true },
  maxInline: 30,
  ascii: false,
  wait: 'completed',
} as const;
const limits = {
  comment: { max: 65_000, unit: 'characters' },
  summary: { max: 65_535, unit: 'bytes' },
  text: { max: 65_535, unit: 'bytes' },
  annotations: COUNT,
  annotationMessage: { max: 64_000, unit: 'bytes' },
  annotationTitle: { max: 255, unit: 'characters' },
  statusDescription: { max: 140, unit: 'characters' },
  inlineComment: { max: 65_000, unit: 'characters' },
} as const;

const work = {
  'written as they are': () => batched(findings),
  'our findings': () => built({ findings }),
  SARIF: () => built({ sarif }),
};

console.table(Object.fromEntries(Object.entries(work).map(([name, once]) => [name, measure(once)])));
console.log(`${COUNT} findings, batches of ${BATCH}, ${ROUNDS} rounds; memory is that of the worst`);

function built(source: object): number {
  const read = readSource(source);
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  const { checkRun } = compose({ ...request, source }, read.report, { limits });
  if (!checkRun) throw new Error('no check run');
  return batched(checkRun.request.annotations ?? []);
}

/** Serialises one body after the other, as they are sent, and keeps none. */
function batched(annotations: readonly object[]): number {
  let bytes = 0;
  for (let start = 0; start < annotations.length; start += BATCH) {
    bytes += JSON.stringify({ output: { annotations: annotations.slice(start, start + BATCH) } }).length;
  }
  return bytes;
}

function measure(once: () => number): object {
  const cpu: number[] = [];
  let heap = 0;
  let resident = 0;
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    globalThis.gc?.();
    const before = process.memoryUsage();
    const start = process.cpuUsage();
    bytes = once();
    const used = process.cpuUsage(start);
    const after = process.memoryUsage();
    cpu.push(Math.round((used.user + used.system) / 1_000));
    heap = Math.max(heap, after.heapUsed - before.heapUsed);
    resident = Math.max(resident, after.rss - before.rss);
  }
  const mib = (size: number) => Number((size / 1_048_576).toFixed(1));
  const median = cpu.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)];
  const size = { 'heap MiB': mib(heap), 'RSS MiB': mib(resident), 'bodies MiB': mib(bytes) };
  return { 'CPU ms, first': cpu[0], 'CPU ms, median': median, ...size };
}
