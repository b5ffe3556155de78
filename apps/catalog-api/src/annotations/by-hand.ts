import type { VendorRequest } from '@integrations/contracts';
import { type Annotation, partsOf } from '@integrations/payload-builder';

/** The environment variable that the commands read the credential from. */
const TOKEN_VARIABLE = 'SCM_TOKEN';

/** A POSIX shell command that sends the request. */
export function curlOf({ method, url, body }: VendorRequest): string {
  const headers = [`-H "Authorization: Bearer $${TOKEN_VARIABLE}"`, "-H 'Content-Type: application/json'"];
  const sent = `--data-raw ${quoted(JSON.stringify(body))}`;
  return `curl --fail-with-body -sS -X ${method} ${headers.join(' ')} ${sent} ${quoted(url)}`;
}

/** The annotation as Markdown, for pasting into the pull request. */
export function markdownOf(annotation: Annotation): string {
  switch (annotation.operation) {
    case 'comment':
      return annotation.request.body;
    case 'status': {
      const { context, state, description, targetUrl } = annotation.request;
      return paragraphs(`**${context}**: ${state}${description ? ` — ${description}` : ''}`, targetUrl);
    }
    case 'check_run': {
      const { name, status, conclusion, summary, text, annotations = [], detailsUrl } = annotation.request;
      const findings = annotations.map(
        ({ path, startLine, endLine, annotationLevel, title, message }) =>
          `- ${annotationLevel}: \`${path}:${startLine}${endLine === startLine ? '' : `-${endLine}`}\` ` +
          `${title ? `**${title}** ` : ''}${message.replaceAll('\n', '\n  ')}`,
      );
      const heading = `### ${name}: ${conclusion ?? status ?? 'queued'}`;
      return paragraphs(heading, summary, text, findings.join('\n'), detailsUrl);
    }
    case 'publish':
      return paragraphs(...partsOf(annotation, {}).map((part) => markdownOf(part.annotation)));
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function paragraphs(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n\n');
}
