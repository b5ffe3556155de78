export type FilledIn = Readonly<Record<string, string>>;

/**
 * Keeps the input of a form in this tab until its owner takes it back. A page may have several forms. The input
 * contains references to secrets, never their values.
 */
export function keepFor(owner: string, form: string, values: FilledIn, storage: Storage = sessionStorage): void {
  if (Object.keys(values).length > 0) storage.setItem(itemOf(form), JSON.stringify({ owner, values }));
}

export function keptFor(owner: string, form: string, storage: Storage = sessionStorage): FilledIn {
  const kept = JSON.parse(storage.getItem(itemOf(form)) ?? 'null') as { owner: string; values: FilledIn } | null;
  return kept?.owner === owner ? kept.values : {};
}

export function dropKept(form: string, storage: Storage = sessionStorage): void {
  storage.removeItem(itemOf(form));
}

function itemOf(form: string): string {
  return `kept-form ${form}`;
}
