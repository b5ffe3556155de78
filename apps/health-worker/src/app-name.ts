/** What the app is called: in logs, on NATS and PostgreSQL, and in the audit trail. */
export const APP_NAME = 'health-worker';
