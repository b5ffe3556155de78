import type { FieldError } from '@integrations/contracts';
import { cutUnclean } from '../text/clean';

const MAX_PROBLEMS = 50;
/** Characters of a text that stands once and is said of many findings: ten thousand times a long one holds the process. */
export const MAX_SHARED = 2_000;

/**
 * A place in JSON that somebody else wrote. Reading what is absent answers undefined or nothing; reading what is of
 * another kind than it must be is noted under its field and answers the same.
 */
export class Cursor {
  private constructor(
    private readonly value: unknown,
    private readonly parent: Cursor | null,
    private readonly key: string | number,
    private readonly problems: FieldError[],
  ) {}

  static at(field: string, value: unknown, problems: FieldError[]): Cursor {
    return new Cursor(value, null, field, problems);
  }

  get present(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** As in `sarif.runs[0].results[3]`. */
  get field(): string {
    if (this.parent === null) return String(this.key);
    return typeof this.key === 'number' ? `${this.parent.field}[${this.key}]` : `${this.parent.field}.${this.key}`;
  }

  /** Notes it once, however often the field is read. */
  fail(message: string): undefined {
    if (this.problems.length >= MAX_PROBLEMS) return undefined;
    const { field } = this;
    if (!this.problems.some((known) => known.field === field)) this.problems.push({ field, message });
    return undefined;
  }

  get(key: string): Cursor {
    const object = this.#object();
    return new Cursor(object && Object.hasOwn(object, key) ? object[key] : undefined, this, key, this.problems);
  }

  items(): Cursor[] {
    if (!this.present) return [];
    if (!Array.isArray(this.value)) return this.fail('must be a list') ?? [];
    return this.value.map((item: unknown, index) => new Cursor(item, this, index, this.problems));
  }

  /** The members of an object, whatever their names. */
  entries(): [string, Cursor][] {
    const object = this.#object() ?? {};
    return Object.keys(object).map((key) => [key, this.get(key)]);
  }

  text(): string | undefined {
    if (!this.present) return undefined;
    return typeof this.value === 'string' ? this.value : this.fail('must be a string');
  }

  /** As `text`, cut where it is longer than what many findings may share. */
  sharedText(): string | undefined {
    const text = this.text();
    return text === undefined ? undefined : cutUnclean(text, MAX_SHARED);
  }

  requiredText(): string | undefined {
    const text = this.text();
    if (text !== undefined && text.trim() !== '') return text;
    return this.present && text === undefined ? undefined : this.fail('must not be empty');
  }

  integer(least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
    if (!this.present) return undefined;
    const { value } = this;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    return this.fail(`must be an integer from ${least} to ${most}`);
  }

  oneOf<T extends string>(values: readonly T[]): T | undefined {
    if (!this.present) return undefined;
    return values.find((value) => value === this.value) ?? this.fail(`must be one of ${values.join(', ')}`);
  }

  /** For fields that tools fill as they please. */
  raw(): unknown {
    return this.value;
  }

  #object(): Record<string, unknown> | undefined {
    if (!this.present) return undefined;
    if (typeof this.value === 'object' && !Array.isArray(this.value)) return this.value as Record<string, unknown>;
    return this.fail('must be an object');
  }
}
