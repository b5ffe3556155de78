/** Converts the text of a query parameter to a Date for the database. */
export function instant(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}
