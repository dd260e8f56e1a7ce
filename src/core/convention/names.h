// What the name of a single file says, in the conventions that need nothing else of the folder.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/convention/convention.h"

namespace migrate::convention {

// Each returns nothing for a path that it does not know.
std::optional<Part> ClaimRollbacksFolder(std::string_view path);  // rollbacks/003_rollback_x.sql
std::optional<Part> ClaimPair(std::string_view path);             // 003_x.up.sql, 003_x.down.sql

// The name of a repeatable migration, of "R__name.sql"; nothing for other files.
std::optional<std::string_view> RepeatableName(std::string_view path);

// The direction that a pair's name says; nothing for other names.
std::optional<Section> DirectionOf(std::string_view path);

// The dialect that a pair's name has before its direction, as in "003_x.mysql.up.sql"; empty for none and for
// PostgreSQL's own.
std::string_view ForeignDialect(std::string_view path);
bool NamesOurDialect(std::string_view path);

// Gives a down script the name of the one up script of its version: tools that make pairs look at the version alone.
void JoinPairs(std::vector<Part>& parts);

// Dates of unequal length are ordered as texts.
void OrderDates(std::vector<Part>& parts);

// Versions that are numbers of unequal length are ordered as text, digit by digit: the shorter is made as long as the
// others with `filler`, which says where it goes among those that begin like it.
void OrderAsText(std::vector<Part>& parts, char filler);

// A folder for each migration, named as that is, with an up script of this name and perhaps a down.sql.
void ReadFolders(Folder& folder, std::string_view up_name, Reading& reading);

// Versions that are dates with milliseconds, 17 digits, are ordered among the milliseconds of others as node-pg-migrate
// does it.
void OrderMilliseconds(std::vector<Part>& parts);

// Whether a word, in lower case, says that what it names undoes something.
bool IsUndoing(std::string_view word);

// The files that are halves of pairs by another word than ".up" and ".down", as db-migrate, Postgrator and Yoyo have
// it, each with its path in those words.
std::map<const SourceFile*, std::string> OtherSpellings(const Folder& folder);

// The file as this name says, with its text.
Part TakeByName(SourceFile& file, std::string_view name);

// Leaves out what stands in other folders than the one that holds the migrations: called so, or the only one with the
// convention's mark. Throws if that may be one or another.
void KeepTopFolder(Folder& folder, Reading& reading, bool (*has_mark)(const SourceFile& script) = nullptr);

// Leaves out what stands in no folder that is a version; false if there are no such folders.
bool KeepVersionFolders(Folder& folder, Reading& reading);

// Refuses what has the version of another migration and the name of what undoes it, in no spelling of a pair.
void RefuseUndoing(Reading& reading);

// Reads each file by its name.
void ReadPlain(Folder& folder, const ReadOptions& options, Reading& reading);

}  // namespace migrate::convention
