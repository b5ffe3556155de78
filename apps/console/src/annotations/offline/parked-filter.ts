export const PARKED_FILTERS = ['integrationId', 'since', 'until'] as const;
export type ParkedFilter = Readonly<Record<(typeof PARKED_FILTERS)[number], string>>;
