import { type AnnotationLimits, measure } from '@integrations/provider-kit';

type Size = AnnotationLimits['comment'];

/**
 * Markdown assembled from whole pieces up to a size limit, so that no table, fence or `<details>` is cut in the middle.
 */
export class Page {
  readonly #pieces: string[] = [];
  #left: number;

  constructor(private readonly size: Size) {
    this.#left = size.max;
  }

  /** Reserves room for text that `force` adds later. */
  reserve(text: string): void {
    this.#left -= measure(text, this.size);
  }

  /** Adds the text if it fits. Returns false if it does not. */
  add(text: string): boolean {
    const length = measure(text, this.size);
    if (length > this.#left) return false;
    this.#left -= length;
    this.#pieces.push(text);
    return true;
  }

  /** Adds text that room was reserved for. */
  force(text: string): void {
    this.#pieces.push(text);
  }

  toString(): string {
    return this.#pieces.join('').trim();
  }
}
