export type FilledIn = Readonly<Record<string, string>>;

/**
 * Keeps in this tab what was filled in, as long as the owner has not taken it; a page may hold several forms.
 * A form holds references to secrets, never their values.
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
