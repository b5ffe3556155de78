/** The routes of TelemetryModule and HealthController. Exclude them from a global prefix and from authentication. */
export const TELEMETRY_ROUTES = ['/health/live', '/health/ready', '/metrics'] as const;
