import { type AnnotationLimits, measure } from '@integrations/provider-kit';

type Size = AnnotationLimits['comment'];

/**
 * Markdown that is put together from whole pieces until a limit is reached, so that no table, fence or `<details>` is
 * ever cut through.
 */
export class Page {
  readonly #pieces: string[] = [];
  #left: number;

  constructor(private readonly size: Size) {
    this.#left = size.max;
  }

  /** Takes room away for what is added later by `force`. */
  reserve(text: string): void {
    this.#left -= measure(text, this.size);
  }

  /** False, and nothing added, if it does not fit. */
  add(text: string): boolean {
    const length = measure(text, this.size);
    if (length > this.#left) return false;
    this.#left -= length;
    this.#pieces.push(text);
    return true;
  }

  /** What room was reserved for. */
  force(text: string): void {
    this.#pieces.push(text);
  }

  toString(): string {
    return this.#pieces.join('').trim();
  }
}
