import { type Cursor, MAX_SHARED } from './cursor';
import { identifiersOf, namedIn, weaknessesOf } from './identifiers';

export const LEVELS = ['none', 'note', 'warning', 'error'] as const;
export type SarifLevel = (typeof LEVELS)[number];

export interface SarifRule {
  readonly id: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly level: SarifLevel | null;
  /** CVSS score, 0 to 10, which code scanning tools put into the properties. */
  readonly securitySeverity: number | null;
  readonly helpUri: string | null;
  /** Identifiers from the rule's properties and relationships. */
  readonly identifiers: readonly string[];
  /** Finds a message by id: the rule's own, else that of its component. */
  readonly messageOf: MessageLookup;
}

type MessageLookup = (id: string) => string | undefined;

/** The rules of a run: those of the tool's driver, then those of each of its extensions. */
export class SarifRules {
  /** Finds a message of the driver, for a result that names no rule. */
  readonly messageOf: MessageLookup;
  readonly #components: readonly (readonly SarifRule[])[];
  readonly #byId: ReadonlyMap<string, SarifRule>;

  constructor(tool: Cursor) {
    const components = [tool.get('driver'), ...tool.get('extensions').items()];
    const messages = components.map((component) => messagesOf(component.get('globalMessageStrings')));
    this.messageOf = messages[0]!;
    this.#components = components.map((component, index) =>
      component
        .get('rules')
        .items()
        .map((rule) => readRule(rule, messages[index]!)),
    );
    this.#byId = new Map(
      this.#components
        .flat()
        .map((rule) => [rule.id, rule] as const)
        .reverse(),
    );
  }

  /** Finds a result's rule: by component and index, by index in the driver, by id, or by parent id (`CA2101/1`). */
  find(result: Cursor): SarifRule | undefined {
    const reference = result.get('rule');
    const index = reference.get('index').integer(-1) ?? result.get('ruleIndex').integer(-1);
    return this.#at(reference, index, result.get('ruleId').text() ?? reference.get('id').text());
  }

  /** Finds a rule by a reference to it. */
  referred(reference: Cursor): SarifRule | undefined {
    return this.#at(reference, reference.get('index').integer(-1), reference.get('id').text());
  }

  #at(reference: Cursor, index = -1, id?: string): SarifRule | undefined {
    const component = reference.get('toolComponent').get('index').integer(-1) ?? -1;
    const indexed = this.#components[component + 1]?.[index];
    if (indexed && (id === undefined || id === indexed.id || id.startsWith(`${indexed.id}/`))) return indexed;
    if (id === undefined) return undefined;
    return this.#byId.get(id) ?? this.#byId.get(id.slice(0, Math.max(0, id.lastIndexOf('/'))));
  }
}

export function securitySeverityOf(properties: Cursor): number | null {
  const value = properties.get('security-severity').raw();
  const score = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof score === 'number' && score >= 0 && score <= 10 ? score : null;
}

function readRule(rule: Cursor, shared: MessageLookup): SarifRule {
  const id = rule.get('id').sharedText() ?? '';
  const properties = rule.get('properties');
  const own = messagesOf(rule.get('messageStrings'));
  const helpUri = rule.get('helpUri').text() ?? null;
  const targets = rule
    .get('relationships')
    .items()
    .map((relationship) => relationship.get('target'));
  return {
    id,
    title: titleOf(id, rule.get('shortDescription').get('text').sharedText(), rule.get('name').sharedText()),
    description: rule.get('fullDescription').get('text').sharedText() ?? null,
    level: rule.get('defaultConfiguration').get('level').oneOf(LEVELS) ?? null,
    securitySeverity: securitySeverityOf(properties),
    // Drop a long URL: cut, it would lead elsewhere.
    helpUri: helpUri !== null && helpUri.length <= MAX_SHARED ? helpUri : null,
    identifiers: identifiersOf([...namedIn(properties), ...weaknessesOf(targets)]),
    messageOf: (id) => own(id) ?? shared(id),
  };
}

/**
 * The title without the rule id, which is shown beside it. OSV-Scanner starts with the id, Semgrep's title is nothing
 * but the id, and zizmor's is a part of it. Nuclei adds text about the first host after name and id, which is wrong for
 * other hosts.
 */
function titleOf(id: string, description = '', name = ''): string | null {
  const text = description || name;
  if (id === '') return text || null;
  if (text.endsWith(`: ${id}`) || id.endsWith(`/${text}`)) return null;
  if (name !== '' && text.startsWith(`${name} (${id}) `)) return name;
  return (text.startsWith(`${id}: `) ? text.slice(id.length + 2) : text) || null;
}

function messagesOf(strings: Cursor): MessageLookup {
  const texts = new Map(strings.entries().map(([id, message]) => [id, message.get('text').sharedText() ?? '']));
  return (id) => texts.get(id);
}
