#!/bin/sh
# Creates the apps' login, which owns and inherits nothing, in a new volume: docs/operations/permissions.md#postgresql
set -eu
psql -v ON_ERROR_STOP=1 -v password="$POSTGRES_APPS_PASSWORD" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
CREATE ROLE integrations_tenant NOLOGIN;
CREATE ROLE integrations_system NOLOGIN;
CREATE ROLE integrations_apps LOGIN NOINHERIT PASSWORD :'password' IN ROLE integrations_tenant, integrations_system;
SQL
