#!/bin/sh
# Make the secrets of the stack, once: random, readable by their owner only, under deploy/secrets/.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets credentials
random() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
keep() { # keep NAME VALUE: what is there stays
  [ -e "secrets/$1" ] || printf '%s\n' "$2" > "secrets/$1"
}
keep postgres_password "$(random)"
keep valkey_password "$(random)"
keep grafana_password "$(random)"
keep shardgate_metrics_token "$(random)"
postgres=$(cat secrets/postgres_password)
valkey=$(cat secrets/valkey_password)
keep shardgate_database_url "postgresql://shardgate:$postgres@catalog:5432/shardgate"
keep shardgate_broker_url "redis://:$valkey@broker:6379/0"
keep valkey.conf "requirepass $valkey"
# The services run as 10001, which has to be able to read them.
chmod 0755 secrets && chmod 0444 secrets/*
