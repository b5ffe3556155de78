/**
 * That an operation, looked for by its id, is running. Not a plain comparison: for that PostgreSQL may look into an index
 * of what is open, which seems smaller than that of ids when nothing waits, and read all that waits since.
 */
export const RUNNING = `state || '' = 'running'`;
