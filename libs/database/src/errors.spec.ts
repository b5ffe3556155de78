import { DatabaseError, isUnavailable } from './errors';

describe('isUnavailable', () => {
  it.each([
    ['connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED'],
    ['getaddrinfo EAI_AGAIN postgres', 'EAI_AGAIN'],
    ['write EPIPE', 'EPIPE'],
    ['the database system is starting up', '57P03'],
    ['terminating connection due to administrator command', '57P01'],
    ['sorry, too many clients already', '53300'],
    ['connection failure', '08006'],
    ['Connection terminated unexpectedly', null],
    ['timeout exceeded when trying to connect', null],
  ])('takes "%s" (%s) for a server that is away', (message, code) => {
    expect(isUnavailable(new DatabaseError(message, code, null))).toBe(true);
  });

  it.each([
    ['canceling statement due to statement timeout', '57014'],
    ['duplicate key value violates unique constraint', '23505'],
    ['column "x" does not exist', '42703'],
    ['Converting circular structure to JSON', null],
  ])('takes "%s" (%s) for the fault of a statement', (message, code) => {
    expect(isUnavailable(new DatabaseError(message, code, null))).toBe(false);
  });

  it("takes no other error for the database's", () => {
    expect(isUnavailable(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBe(false);
  });
});
