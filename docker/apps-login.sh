#!/bin/sh
# Makes the login of the apps, which owns and inherits nothing, when the volume is new: docs/operations.md, Who may do what.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$POSTGRES_APPS_PASSWORD" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
CREATE ROLE integrations_tenant NOLOGIN;
CREATE ROLE integrations_system NOLOGIN;
CREATE ROLE integrations_apps LOGIN NOINHERIT PASSWORD :'password' IN ROLE integrations_tenant, integrations_system;
SQL
