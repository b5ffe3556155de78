/** What TelemetryModule serves: to be excluded from a global prefix and from authentication. */
export const TELEMETRY_ROUTES = ['/health/live', '/health/ready', '/metrics'] as const;
