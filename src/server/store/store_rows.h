// Rows of the history's tables as what core knows of a migration: the columns to read, and what is made of them.
#pragma once

#include "core/set/known.h"

// The columns of a KnownMigration, in the order in which MigrationOf takes them. `options` holds what
// is not the default: line 1, no statements, transactional, the setting's lock timeout.
// clang-format off
#define MIGRATE_SCRIPT_COLUMNS(options, key)                                                      \
  options " OPERATOR(pg_catalog.#>>) '{" key ",line}', "                                          \
  options " OPERATOR(pg_catalog.#>>) '{" key ",statements}', "                                    \
  options " OPERATOR(pg_catalog.#>>) '{" key ",not_transactional}', "                             \
  options " OPERATOR(pg_catalog.#>>) '{" key ",divided}', "                                       \
  options " OPERATOR(pg_catalog.#>>) '{" key ",each_alone}', "                                    \
  options " OPERATOR(pg_catalog.#>>) '{" key ",errors_only}', "                                   \
  options " OPERATOR(pg_catalog.#>>) '{" key ",keeps_dropped}', "                                 \
  options " OPERATOR(pg_catalog.#>>) '{" key ",keeps_rows}', "                                    \
  options " OPERATOR(pg_catalog.#>>) '{" key ",lock_timeout}', "                                  \
  options " OPERATOR(pg_catalog.#>>) '{" key ",statement_timeout}', "
#define MIGRATE_COLUMNS                                                                           \
  "SELECT m.version, m.name, m.id, m.sort_key, m.source, m.added_by, "                            \
  "CASE WHEN m.added_at OPERATOR(pg_catalog.<) pg_catalog.now() "                                 \
  "  THEN pg_catalog.date_trunc('second', m.added_at) END, m.absent, "                            \
  "m.version OPERATOR(pg_catalog.<>) '' AND EXISTS (SELECT FROM migrate.migration o "             \
  "  WHERE o.version OPERATOR(pg_catalog.=) m.version AND o.name OPERATOR(pg_catalog.<>) m.name), " \
  "m.accepted_down, m.options OPERATOR(pg_catalog.->>) 'reversible', "                            \
  "m.options OPERATOR(pg_catalog.->>) 'irreversible_why', "                                       \
  "m.options OPERATOR(pg_catalog.->>) 'requires', "                                               \
  "m.options OPERATOR(pg_catalog.->>) 'repeatable', m.options OPERATOR(pg_catalog.->>) 'replaces', " \
  "m.options OPERATOR(pg_catalog.->>) 'tags', m.options OPERATOR(pg_catalog.->>) 'placeholders', " \
  "m.options OPERATOR(pg_catalog.->>) 'allows', m.options OPERATOR(pg_catalog.->>) 'only', "      \
  "m.options OPERATOR(pg_catalog.->>) 'seed', m.options OPERATOR(pg_catalog.->>) 'expects', "     \
  "m.options OPERATOR(pg_catalog.->>) 'hook', "                                                   \
  "m.checksum, m.sha256, " MIGRATE_SCRIPT_COLUMNS("m.options", "up")                              \
  "m.down_checksum, m.down_sha256, " MIGRATE_SCRIPT_COLUMNS("m.options", "down")                  \
  "m.verify_checksum, m.verify_sha256, " MIGRATE_SCRIPT_COLUMNS("m.options", "verify")            \
  "h.event, h.id, m.applied_checksum, m.applied_sha256, "                                         \
  "h.down_checksum, h.down_sha256, " MIGRATE_SCRIPT_COLUMNS("h.options", "down")                  \
  "h.options OPERATOR(pg_catalog.->>) 'reversible', h.options OPERATOR(pg_catalog.->>) 'irreversible_why', " \
  "pg_catalog.date_trunc('second', h.occurred_at), h.current_user_name, h.duration_ms, h.changes, "                                \
  "h.options OPERATOR(pg_catalog.->>) 'placeholders', "                                           \
  "r.event, r.action, r.statements, r.unsure, r.script_sha256, r.sqlstate, r.message, r.line, "   \
  "r.options OPERATOR(pg_catalog.->>) 'placeholders', r.occurred_at "                             \
  "FROM migrate.migration m LEFT JOIN migrate.history h ON h.id OPERATOR(pg_catalog.=) m.applied_event " \
  "LEFT JOIN migrate.history r ON r.id OPERATOR(pg_catalog.=) m.unfinished_event "

// What a status says of most migrations; the number of one that is to be read in full, such as what could be a file and
// the new name of it, and the $1 newest.
#define MIGRATE_OVERVIEW \
  "SELECT m.version, m.name, m.sort_key, m.absent, m.options OPERATOR(pg_catalog.->>) 'reversible', " \
  "m.options OPERATOR(pg_catalog.->>) 'irreversible_why', " \
  "m.options OPERATOR(pg_catalog.->) 'down' OPERATOR(pg_catalog.->>) 'statements', " \
  "(m.options OPERATOR(pg_catalog.->) 'up') OPERATOR(pg_catalog.?) 'not_transactional', h.event, " \
  "pg_catalog.date_trunc('second', h.occurred_at), h.changes, " \
  "CASE WHEN m.unfinished_event IS NOT NULL OR m.accepted_down IS NOT NULL " \
  "OR m.applied_checksum OPERATOR(pg_catalog.<>) m.checksum " \
  "OR m.options OPERATOR(pg_catalog.?|) '{repeatable,replaces,tags,placeholders,only}' " \
  "OR m.options OPERATOR(pg_catalog.->>) 'reversible' OPERATOR(pg_catalog.=) 'comment' " \
  "OR m.absent OR m.applied_event IS NULL AND m.checksum OPERATOR(pg_catalog.=) ANY (ARRAY(" \
  "  SELECT o.applied_checksum FROM migrate.migration o WHERE o.absent AND o.applied_checksum IS NOT NULL)) " \
  "OR $1::pg_catalog.int8 OPERATOR(pg_catalog.>) 0 AND m.sort_key OPERATOR(pg_catalog.>=) COALESCE((SELECT o.sort_key " \
  "  FROM migrate.migration o ORDER BY o.sort_key USING OPERATOR(pg_catalog.>) " \
  "  OFFSET $1::pg_catalog.int8 OPERATOR(pg_catalog.-) 1 LIMIT 1), '') " \
  "THEN m.id END " \
  "FROM migrate.migration m LEFT JOIN migrate.history h ON h.id OPERATOR(pg_catalog.=) m.applied_event"
// clang-format on

namespace migrate {

// Of MIGRATE_COLUMNS.
KnownMigration MigrationOf(const char* const* values);

// Of MIGRATE_OVERVIEW; returns the number of one that is to be read in full, or null.
const char* FillOverview(const char* const* values, KnownMigration& migration);

}  // namespace migrate
