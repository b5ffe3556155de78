"""A Scanner that publishes a SARIF log on a commit: python3 scanner.py NATS_URL TENANT OWNER REPOSITORY SHA FILE

It asks until it knows the outcome of the request. However often it or the dispatcher dies, the scan stays one
operation, because the idempotency key identifies it. It needs nats-py, and NATS_USER and NATS_PASSWORD if NATS has
users. The exit status is 0 if the scan was posted, 1 if posting failed, and 75 if it is stored to be posted later.
"""
import asyncio
import hashlib
import json
import os
import sys

import nats
from nats.errors import NoRespondersError, TimeoutError

PUBLISH = 'integrations.v1.rpc.scm.publish'
OPERATION = 'integrations.v1.rpc.scm.operation'
WAIT_SECONDS = 60
MAX_REQUESTS = 5
KEPT = 75


async def ask(client, subject, body, headers):
    # Our timeout is a little longer than the dispatcher's deadline, so that the dispatcher reports when time is up.
    told = {**headers, 'deadline-ms': str(WAIT_SECONDS * 1000)}
    reply = await client.request(subject, json.dumps(body).encode(), timeout=WAIT_SECONDS + 5, headers=told)
    return json.loads(reply.data)


async def post(client, tenant, request):
    headers = {'tenant': tenant}
    for _ in range(MAX_REQUESTS):
        try:
            reply = await ask(client, PUBLISH, request, headers)
        except NoRespondersError:
            return await submit(client, tenant, request)
        except TimeoutError:
            continue  # it may have been accepted: the key makes the second request the same operation
        if reply['errorCode'] == 'deadline_exceeded' and await is_under_way(client, reply['operationId'], headers):
            continue
        if reply['isTransient'] and reply['operationId'] is None:  # it was not accepted
            await asyncio.sleep((reply['retryAfterMs'] or 1000) / 1000)
            continue
        return report(reply)
    return await submit(client, tenant, request)


async def is_under_way(client, operation_id, headers):
    reply = await ask(client, OPERATION, {'operationId': operation_id}, headers)
    return reply['success'] and reply['result']['state'] in ('queued', 'running')


async def submit(client, tenant, request):
    """JetStream stores it until a dispatcher runs. The outcome is an event with the key; the same key counts once."""
    body = json.dumps(request).encode()
    stored = await client.jetstream().publish(f'integrations.v1.annotate.{tenant}.publish', body)
    print(f'kept as message {stored.seq} of {stored.stream}')
    return KEPT


def report(reply):
    if reply['success']:
        print(reply['result']['outcome'], reply['result']['conclusion'], reply['result']['url'])
        return 0
    print(f"{reply['errorCode']}: {reply['errorMessage']} (operation {reply['operationId']})", file=sys.stderr)
    for error in reply['details']:
        print(f"  {error['field']}: {error['message']}", file=sys.stderr)
    return KEPT if reply['skippedOffline'] else 1


async def main(url, tenant, owner, repository, sha, file):
    with open(file, 'rb') as log:
        content = log.read()
    request = {
        'owner': owner,
        'repository': repository,
        'headSha': sha,
        'title': 'Scanner',
        'upsertKey': 'scanner',
        'idempotencyKey': f'scanner/{sha}/{hashlib.sha256(content).hexdigest()}',
        'source': {'sarif': json.loads(content)},
        'show': {'checkRun': {'name': 'scanner'}, 'status': {'context': 'scanner'}},
    }
    user = os.environ.get('NATS_USER')
    account = {'user': user, 'password': os.environ['NATS_PASSWORD'], 'inbox_prefix': f'_INBOX.{user}'} if user else {}
    client = await nats.connect(url, name='scanner', **account)
    try:
        return await post(client, tenant, request)
    finally:
        await client.drain()


sys.exit(asyncio.run(main(*sys.argv[1:])))
