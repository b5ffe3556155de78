import { Client } from 'pg';
import { addressOf, verifyingUrl } from './connection-url';
import { CONNECT_TIMEOUT_MS, describeConnectionFailure } from './data-source';
import { DatabaseError } from './errors';

/**
 * Throws DatabaseError behind a pooler that shares server connections among clients per transaction. There, our locks,
 * settings and prepared statements would stay with a server connection, and the migration lock would never be released.
 * Such a pooler shows itself when two sessions share one server process, or when one session moves between processes.
 */
export async function requireOwnSessions(url: string): Promise<void> {
  const [one, other] = [clientOf(url), clientOf(url)];
  try {
    for (const session of [one, other]) await open(session);
    const [before, after, others] = [await processOf(one), await processOf(one), await processOf(other)];
    if (before === after && after !== others) return;
  } catch (error) {
    throw new DatabaseError(describeConnectionFailure(url, error), null, null);
  } finally {
    await Promise.all([one.end(), other.end()]);
  }
  const remedy = 'have it keep one for each session (PgBouncer: pool_mode = session)';
  const message = `PostgreSQL at ${addressOf(url)} is behind a pooler that shares connections between transactions: ${remedy}`;
  throw new DatabaseError(message, null, null);
}

function clientOf(url: string): Client {
  const client = new Client({
    connectionString: verifyingUrl(url),
    application_name: 'migrations',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  return client.on('error', () => undefined); // the next query fails instead
}

async function open(session: Client): Promise<void> {
  await session.connect();
  // Some poolers stop sharing a connection once its session sets something.
  await session.query(`SET integrations.session = 'own'`);
}

async function processOf(session: Client): Promise<number | undefined> {
  const { rows } = await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid;
}
