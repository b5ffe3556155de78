/** The app's name in logs, on NATS and PostgreSQL, and in the audit trail. */
export const APP_NAME = 'catalog-api';
