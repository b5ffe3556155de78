/** The path of version 1 of the API, without slashes around it. */
export const API_PREFIX = 'api/v1';
