/**
 * States that are no plain comparisons: for these PostgreSQL may look into an index of what is in that state of a lane or
 * a tenant, which seems the cheapest when it last knew of little there, and read all that is there since.
 */

/** Of an operation that is looked for by its id. */
export const RUNNING = `state || '' = 'running'`;

/** Of those that are looked for by their lane: of what runs alone there is no index but the tenant's. */
export const RUNNING_IN_LANE = `state IN ('queued', 'running') AND ${RUNNING}`;

/** Of those that are looked for by their integration or their lane, as their indexes say it. */
export const PARKED = `state || '' = 'parked_offline'`;
