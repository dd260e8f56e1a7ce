#include "core/text/directive.h"

#include "fakes.h"

namespace migrate {

BOOST_AUTO_TEST_SUITE(directive)

BOOST_AUTO_TEST_CASE(every_directive_is_known) {
  const struct {
    const char* text;
    DirectiveKind kind;
    const char* value;
  } cases[] = {
      {"-- migrate:up", DirectiveKind::kUp, ""},
      {"--migrate:down", DirectiveKind::kDown, ""},
      {"--\tmigrate:verify ", DirectiveKind::kVerify, ""},
      {"-- migrate:requires 0002, accounts", DirectiveKind::kRequires, "0002, accounts"},
      {"-- migrate:no-transaction", DirectiveKind::kNoTransaction, ""},
      {"-- migrate:lock-timeout\t2s", DirectiveKind::kLockTimeout, "2s"},
      {"-- migrate:statement-timeout 10min", DirectiveKind::kStatementTimeout, "10min"},
      {"-- migrate:up transaction:false", DirectiveKind::kUp, "transaction:false"},
      {"-- migrate:repeatable", DirectiveKind::kRepeatable, ""},
      {"-- migrate:tag v2.0", DirectiveKind::kTag, "v2.0"},
      {"-- migrate:nolint ban-drop-table it is empty", DirectiveKind::kNoLint, "ban-drop-table it is empty"},
      {"-- migrate:replaces 1 .. 9", DirectiveKind::kReplaces, "1 .. 9"},
      {"-- migrate:keep-dropped", DirectiveKind::kKeepDropped, ""},
      {"-- migrate:keep-rows a, b.c", DirectiveKind::kKeepRows, "a, b.c"},
      {"-- migrate:irreversible drops -- a column ", DirectiveKind::kIrreversible, "drops -- a column"},
  };
  for (const auto& c : cases) {
    const Directive directive = ParseDirective(c.text, 1);
    BOOST_TEST((directive.kind == c.kind), c.text);
    BOOST_TEST(directive.value == c.value);
  }
}

BOOST_AUTO_TEST_CASE(nonsense_is_refused_at_its_line) {
  const struct {
    const char* text;
    const char* state;
    const char* message;
  } cases[] = {
      {"-- migrate:require 1", "42601", "unknown directive \"migrate:require\""},
      {"-- migrate:UP", "42601", "unknown directive \"migrate:UP\""},
      {"-- migrate:", "42601", "unknown directive \"migrate:\""},
      {"-- migrate: up", "42601", "unknown directive \"migrate:\""},
      {"-- migrate:up now", "42601", "directive \"migrate:up\" takes no value"},
      {"-- migrate:no-transaction -- slow", "42601", "directive \"migrate:no-transaction\" takes no value"},
      {"-- migrate:requires", "42601", "directive \"migrate:requires\" needs a value"},
      {"-- migrate:lock-timeout ", "42601", "directive \"migrate:lock-timeout\" needs a value"},
      {"-- migrate:irreversible", "42601", "directive \"migrate:irreversible\" needs a value"},
      {"-- migrate:lock-timeout soon", "22023", "invalid lock timeout \"soon\""},
      {"-- migrate:lock-timeout 2 days", "22023", "invalid lock timeout \"2 days\""},
      {"-- migrate:lock-timeout -1s", "22023", "invalid lock timeout \"-1s\""},
      {"-- migrate:lock-timeout 2s'; DROP TABLE t; --", "22023", "invalid lock timeout \"2s'; DROP TABLE t; --\""},
      {"-- migrate:statement-timeout", "42601", "directive \"migrate:statement-timeout\" needs a value"},
      {"-- migrate:statement-timeout never", "22023", "invalid statement timeout \"never\""},
      {"-- migrate:repeatable always", "42601", "directive \"migrate:repeatable\" takes no value"},
      {"-- migrate:nolint", "42601", "directive \"migrate:nolint\" needs a value"},
      {"-- migrate:nolint ban-drop-table", "42601", "exemption from lint rule \"ban-drop-table\" needs a reason"},
      {"-- migrate:nolint none at all", "42704", "there is no lint rule \"none\""},
      {"-- migrate:tag", "42601", "directive \"migrate:tag\" needs a value"},
      {"-- migrate:tag @beta", "22023", "tag \"@beta\" begins with \"@\""},
      {"-- migrate:tag v1, @beta", "22023", "tag \"@beta\" begins with \"@\""},
      {"-- migrate:up transaction:maybe", "42601",
       "directive \"migrate:up\" takes transaction:false or transaction:true"},
      {"-- migrate:verify transaction:false", "42601", "directive \"migrate:verify\" takes no value"},
      {"-- migrate:replaces", "42601", "directive \"migrate:replaces\" needs a value"},
  };
  for (const auto& c : cases) {
    const Error error = Thrown([&] { ParseDirective(c.text, 12); });
    BOOST_TEST(error.message == c.message);
    BOOST_TEST(error.sqlstate == c.state);
    BOOST_TEST(error.line == 12);
    BOOST_TEST(error.column == 1);
    BOOST_TEST(error.hint != "");
  }
}

BOOST_AUTO_TEST_CASE(prose_is_no_directive) {
  for (const char* comment :
       {"-- Migrate: mark polls as muted", "-- migrate: later", "-- +migrate Up", "-- +goose up "})
    BOOST_TEST(!LooksLikeDirective(comment), comment);
  for (const char* comment : {"-- Migrate:mark", "-- migrate: up", "-- MIGRATE: Down", "-- migrate: ", "-- +goose Down",
                              "-- +migrate Up notransaction"}) {
    BOOST_TEST(LooksLikeDirective(comment), comment);
  }
}

BOOST_AUTO_TEST_CASE(lines_for_other_tools_are_refused_by_name) {
  const std::pair<const char*, const char*> marks[] = {
      {"--liquibase formatted sql", "Liquibase"},
      {"-- Liquibase Formatted SQL logicalFilePath:a.sql", "Liquibase"},
      {"-- atlas:txtar", "Atlas"},
      {"-- atlas:txmode none", "Atlas"},
      {"-- atlas:checkpoint v1", "Atlas"},
      {"-- atlas:delimiter \\n\\n", "Atlas"},
      {"-- +goose Down", "goose"},
      {"-- +migrate Up notransaction", "sql-migrate"},
      {"-- +micrate Down", "micrate"},
      {"-- +nomad NO TRANSACTION", "nomad"},
      {"-- rambler down", "rambler"},
      {"--- migration:down", "cigogne"},
      {"-- !Downs", "Play"},
      {"--//@UNDO", "MyBatis Migrations or dbdeploy"},
      {"---- create above / drop below ----", "tern"},
      {"---- tern: disable-tx ----", "tern"},
      {"--!include functions/a.sql", "graphile-migrate"},
      {"--! include functions/a.sql", "graphile-migrate"},
      {"-- evolve-tx-off", "Evolve"},
      {"-- txn-mode = off", "Bytebase"},
      {"-- waypoint:env dev", "Waypoint"},
      {"-- 12 down", "Mojo::Pg"},
  };
  for (const auto& [line, tool] : marks) {
    BOOST_TEST(LooksLikeDirective(line), line);
    const Error error = Thrown([&, line = line] { ParseDirective(line, 4); });
    BOOST_TEST(error.sqlstate == "0A000");
    BOOST_TEST(error.message == "a line for " + std::string(tool) + " in a text of another convention");
    BOOST_TEST(error.line == 4);
  }
  for (const char* remark :
       {"-- liquibase is what we used before", "-- atlas:nolint", "-- atlas:txmode file",
        "-- sqlfluff:dialect:postgres", "-- name: GetUser :one", "--> statement-breakpoint",
        "--! Included functions/a.sql", "--! Previous: -", "-- 12 downs", "-- Migration: adds users",
        "-- squawk-ignore ban-drop-column", "--", "-- create above", "-- undo", "-- include x", "-- rambler up"}) {
    BOOST_TEST(!LooksLikeDirective(remark), remark);
  }
}

BOOST_AUTO_TEST_CASE(timeouts_are_as_settings_take_them) {
  for (const std::string value : {"0", "200", "2s", "500 ms", "1min", "1 h"}) {
    BOOST_TEST(ParseDirective("-- migrate:lock-timeout " + value, 1).value == value);
    BOOST_TEST(ParseDirective("-- migrate:statement-timeout " + value, 1).value == value);
  }
}

BOOST_AUTO_TEST_CASE(section_lines_are_told_from_others) {
  for (const char* line :
       {"-- migrate:up", "  --migrate:down \t", "-- migrate:up transaction:false", "-- migrate:verify\r"})
    BOOST_TEST(IsSectionLine(line), line);
  for (const char* line :
       {"", "migrate:up", "-- migrate:upper", "-- migrate:up x", "-- migrate: up", "-- up", "x -- migrate:up"}) {
    BOOST_TEST(!IsSectionLine(line), line);
  }
}

BOOST_AUTO_TEST_CASE(comment_lines_give_their_words) {
  BOOST_TEST(*CommentText("  --  a b ") == "a b");
  BOOST_TEST(*CommentText("--") == "");
  BOOST_TEST(!CommentText("a -- b"));
  BOOST_TEST(!CommentText("- - a"));
}

BOOST_AUTO_TEST_CASE(header_lines_are_a_capitalised_key_and_a_value) {
  const auto entry = ParseHeaderLine("-- Created By : Ann: the first ");
  BOOST_TEST(entry->first == "created by");
  BOOST_TEST(entry->second == "Ann: the first");
  BOOST_TEST(ParseHeaderLine("--Date:2025-01-20")->second == "2025-01-20");
  BOOST_TEST(ParseHeaderLine("-- Depends-On: a")->first == "depends-on");
  for (const char* line :
       {"Author: a", "-- author: a", "-- Author:", "-- Author", "-- : a", "-- migrate:up", "--", "-- A1: x",
        "-- http://example.org", "-- A sentence that goes on and on until here: a", "-- Ärger: a"}) {
    BOOST_TEST(!ParseHeaderLine(line), line);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
