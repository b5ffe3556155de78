/**
 * Conditions on the state that are deliberately not plain comparisons. For a plain comparison PostgreSQL may use an index
 * of all rows of a lane or tenant in that state. That index seems cheapest while statistics show few such rows, and the
 * query then reads all rows that were added since.
 */

/** For an operation that is looked up by id. */
export const RUNNING = `state || '' = 'running'`;

/** For operations that are looked up by lane. The first comparison matches an index by lane; running alone has none. */
export const RUNNING_IN_LANE = `state IN ('queued', 'running') AND ${RUNNING}`;

/** For operations that are looked up by integration or lane; matches the predicate of those indexes. */
export const PARKED = `state || '' = 'parked_offline'`;
