import { cutUnclean } from '../text/clean';
import { type Cursor, MAX_SHARED } from './cursor';
import type { SarifRule, SarifRules } from './sarif-rules';

const PLACEHOLDER = /\{\d{1,3}\}/;

/** The message of a result as one text. Defaults to the description of its rule. */
export function messageOf(result: Cursor, rule: SarifRule | undefined, rules: SarifRules): string {
  const message = result.get('message');
  if (!message.present) message.fail('must be an object');
  const id = message.get('id').text();
  const text = message.get('text').text();
  const values = message
    .get('arguments')
    .items()
    .map((argument) => argument.text() ?? '');
  const listed = id === undefined ? undefined : (rule ?? rules).messageOf(id);
  // SpotBugs gives all results of a rule the same text. Only the rule's message has placeholders for their values.
  const says = text !== undefined && (values.length === 0 || PLACEHOLDER.test(text));
  const template = says ? text : (listed ?? text);
  // Tools double braces only in texts with placeholders. Elsewhere `${{ x }}` is code.
  const isWritten = values.length === 0 && text !== undefined;
  const whole = isWritten ? text : filled(template ?? message.get('markdown').text() ?? '', values);
  return withoutLinks(whole).trim() || (rule?.description ?? rule?.title ?? 'no message');
}

/** Replaces embedded links (§3.11.6): one to a related location by its text, one to the web by its text and URL. */
function withoutLinks(message: string): string {
  return message.replace(
    /(?<!\\)\[((?:[^\\[\]]|\\.)+)\]\((\d+|https?:[^\s()]+)\)/g,
    (_, escaped: string, to: string) => {
      const text = escaped.replace(/\\([\\[\]])/g, '$1');
      return /^\d/.test(to) || text === to ? text : `${text} (${to})`;
    },
  );
}

/** Fills the placeholders. The length is limited, because a template may repeat the values many times. */
function filled(template: string, values: readonly string[]): string {
  const most = values.reduce((length, value) => length + value.length, template.length + MAX_SHARED);
  let text = '';
  let end = 0;
  for (const { 0: mark, 1: number, index } of template.matchAll(/\{\{|\}\}|\{(\d{1,3})\}/g)) {
    if (text.length > most) break;
    const value = number === undefined ? mark.charAt(0) : (values[Number(number)] ?? mark);
    text += template.slice(end, index) + value;
    end = index + mark.length;
  }
  return cutUnclean(text + template.slice(end), most);
}
