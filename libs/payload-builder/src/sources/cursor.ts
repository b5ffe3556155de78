import type { FieldError } from '@integrations/contracts';
import { cutUnclean } from '../text/clean';

const MAX_PROBLEMS = 50;
/**
 * The longest text that many findings may share, in characters. Ten thousand copies of a long one would stall the
 * process.
 */
export const MAX_SHARED = 2_000;

/**
 * A place in foreign JSON. Reading an absent value returns undefined or an empty list. Reading a value of the wrong
 * type returns the same, and records an error for its field.
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

  /** The path of the place, such as `sarif.runs[0].results[3]`. */
  get field(): string {
    if (this.parent === null) return String(this.key);
    return typeof this.key === 'number' ? `${this.parent.field}[${this.key}]` : `${this.parent.field}.${this.key}`;
  }

  /** Records an error, at most one per field. */
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

  /** As `text`, cut to the length that many findings may share. */
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

  /** The unchecked value, for fields that tools fill freely. */
  raw(): unknown {
    return this.value;
  }

  #object(): Record<string, unknown> | undefined {
    if (!this.present) return undefined;
    if (typeof this.value === 'object' && !Array.isArray(this.value)) return this.value as Record<string, unknown>;
    return this.fail('must be an object');
  }
}
