// Atlas: the sum of a folder, its directives, and archives with checks.
#include "core/convention/delimiter.h"
#include "core/set/source.h"
#include "fakes.h"

namespace migrate {
namespace {

using convention::WithSemicolons;

// As Atlas writes it, by this project's stand-in for SHA-256.
class Sum {
 public:
  void Add(const std::string& name, const std::string& content) {
    fed_ += name + content;
    const std::string hash = Hash(fed_);
    lines_ += name + " h1:" + hash + "\n";
    all_ += name + hash;
  }
  std::string Text() const { return "h1:" + Hash(all_) + "\n" + lines_; }

 private:
  // A digest of two bytes, of which base64 makes four characters.
  static std::string Hash(const std::string& text) {
    unsigned sum = 1;
    for (const char c : text) sum = (sum * 31 + static_cast<unsigned char>(c)) & 0xffff;
    constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return {kDigits[sum >> 10], kDigits[(sum >> 4) & 63], kDigits[(sum << 2) & 63], '='};
  }

  std::string fed_, lines_, all_;
};

class SmallHasher : public Hasher {
 public:
  void Add(std::string_view bytes) override {
    for (const char c : bytes) sum_ = (sum_ * 31 + static_cast<unsigned char>(c)) & 0xffff;
  }
  std::string Finish() override {
    std::string hex;
    for (int shift = 12; shift >= 0; shift -= 4) hex += "0123456789abcdef"[(sum_ >> shift) & 15];
    return hex;
  }

 private:
  unsigned sum_ = 1;
};

Reading ReadFolder(SourceFiles files, const Strings& leave_out = {}) {
  ReadOptions options;
  options.new_sha256 = [] { return std::make_unique<SmallHasher>(); };
  options.leave_out = leave_out;
  return ReadFiles(std::move(files), options);
}

Reading ReadText(const std::string& text) {
  Sum sum;
  sum.Add("1_a.sql", text);
  Reading reading = ReadFolder({{"1_a.sql", text}, {"atlas.sum", sum.Text()}});
  BOOST_TEST(reading.convention == "atlas");
  return reading;
}

Error Refusal(const Reading& reading) {
  BOOST_TEST_REQUIRE(reading.parts.size() == 1u);
  BOOST_TEST_REQUIRE(bool(reading.parts[0].problem));
  return *reading.parts[0].problem;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convention_atlas)

BOOST_AUTO_TEST_CASE(the_sum_is_checked) {
  const SourceFiles scripts = {{"1_a.sql", "A;\n"}, {"2_b.sql", "B;\n"}, {"3_c.sql", "C;\n"}, {"4_d.sql", "D;\n"}};
  Sum sum;
  for (const auto& script : scripts) sum.Add(script.path, script.content);
  const auto with = [&](auto change) {
    SourceFiles files = scripts;
    files.push_back({"atlas.sum", sum.Text()});
    change(files);
    return ReadFolder(files);
  };
  const Reading good = with([](auto&) {});
  BOOST_TEST(good.convention == "atlas");
  BOOST_TEST(good.parts.size() == 4u);
  BOOST_TEST(good.parts.at(3).id.Label() == "4_d");
  BOOST_TEST(good.parts.at(3).traits.order == "");
  for (size_t i = 0; i < scripts.size(); ++i) {
    const Error error = Refusal(with([&](auto& files) { files[i].content += " "; }));
    BOOST_TEST(error.sqlstate == "MG002");
    BOOST_TEST(error.message == "file \"" + scripts[i].path + "\" has changed since atlas.sum was written");
  }
  BOOST_TEST(Refusal(with([](auto& files) {
               files.push_back({"5_e.sql", ""});
             })).message == "file \"5_e.sql\" is not in atlas.sum");
  BOOST_TEST(Contains(Refusal(with([](auto& files) { files.erase(files.begin()); })).message, "names \"1_a.sql\""));
  BOOST_TEST(Contains(Refusal(with([](auto& files) { files[4].content[3] ^= 1; })).message, "was altered"));
  BOOST_TEST(Contains(Refusal(with([](auto& files) { files[4].content = "x\n"; })).message, "is no sum"));
}

BOOST_AUTO_TEST_CASE(what_is_left_out_or_ignored_breaks_no_sum) {
  Sum sum;
  sum.Add("1_a.sql", "A;\n");
  sum.Add("2_b.sql", "B;\n");
  const SourceFiles files = {{"1_a.sql", "A;\n"}, {"2_b.sql", "B;\n"}, {"atlas.sum", sum.Text()}};
  BOOST_TEST(ReadFolder(files, {"2_b.sql"}).parts.at(0).id.Label() == "1_a");
  Sum other;
  other.Add("1_a.sql", "");
  const Reading reading = ReadFolder(
      {{"0_x.sql", "-- atlas:sum ignore\nA;\n"}, {"atlas.sum", other.Text()}, {"1_a.sql", ""}, {"sub/9_z.sql", ""}});
  BOOST_TEST(Refusal(reading).sqlstate == "MG002");  // its name counts
  BOOST_TEST(reading.ignored.at(0).why == "not beside atlas.sum");
}

BOOST_AUTO_TEST_CASE(other_tools_may_keep_a_sum) {
  BOOST_TEST(ReadFolder({{"1_a.sql", "-- +goose Up\n"}, {"atlas.sum", "h1:x\n"}}).convention == "goose");
  BOOST_TEST(ReadFolder({{"1_a.up.sql", "A;"}, {"1_a.down.sql", "B;"}, {"atlas.sum", "h1:x\n"}}).convention == "pairs");
}

BOOST_AUTO_TEST_CASE(names_say_the_order) {
  Sum sum;
  for (const char* name : {"10_b.sql", "9_a.sql"}) sum.Add(name, "");
  const Reading reading = ReadFolder({{"9_a.sql", ""}, {"10_b.sql", ""}, {"atlas.sum", sum.Text()}});
  BOOST_TEST(reading.parts.at(0).id.Label() == "10_b");
  BOOST_TEST(reading.parts.at(0).traits.order == "1");
  BOOST_TEST(reading.parts.at(1).traits.order == "2");
}

BOOST_AUTO_TEST_CASE(directives_stand_at_the_top) {
  Reading reading = ReadText("-- atlas:txmode none\n-- about\n\nA;\n");
  BOOST_TEST(reading.parts.at(0).traits.no_transaction == "line 1: atlas:txmode none");
  BOOST_TEST(reading.parts[0].content == "\n-- about\n\nA;\n");
  reading = ReadText("-- atlas:checkpoint v1.2\n\nA;\n");
  BOOST_TEST(reading.parts.at(0).traits.replaces == ".. 1");
  BOOST_TEST(reading.parts[0].traits.tags == Strings{"v1.2"}, boost::test_tools::per_element());
  reading = ReadText("-- atlas:txmode file\n-- atlas:nolint\n\nA;\n-- atlas:nolint destructive\nB;\n");
  BOOST_TEST(reading.parts.at(0).traits.no_transaction == "");
  const std::pair<const char*, const char*> refused[] = {
      {"-- atlas:txmode none\nA;\n", "line 1: \"atlas:txmode\" stands where Atlas does not see it"},
      {"A;\n-- atlas:txmode none\nB;\n", "line 2: \"atlas:txmode\" stands where Atlas does not see it"},
      {"-- about\n-- atlas:delimiter //\n\nA;\n", "line 2: \"atlas:delimiter\" stands where Atlas does not see it"},
      {"-- atlas:txmode all\n\nA;\n", "line 1: atlas:txmode \"all\" is not known"},
      {"-- atlas:import ../b.sql\n\nA;\n", "line 1: \"atlas:import\" is not supported"},
  };
  for (const auto& [text, message] : refused) {
    const Error error = Refusal(ReadText(text));
    BOOST_TEST(error.sqlstate == "0A000");
    BOOST_TEST(error.message == "file \"1_a.sql\", " + std::string(message));
  }
}

BOOST_AUTO_TEST_CASE(an_archive_has_checks_and_both_scripts) {
  const Reading reading = ReadText(
      "-- atlas:txtar\n\n-- checks.sql --\n-- must be empty\nSELECT NOT EXISTS (\n  SELECT FROM t);\nSELECT true; -- why\n"
      "\n-- migration.sql --\nDROP TABLE t;\n-- down.sql --\nCREATE TABLE t ();\n");
  BOOST_TEST_REQUIRE(reading.parts.size() == 2u);
  const std::string& up = reading.parts[0].content;
  BOOST_TEST(up.starts_with("\n\n\n\nDO $check$BEGIN IF ((SELECT NOT EXISTS (\n  SELECT FROM t))) IS NOT TRUE THEN "));
  BOOST_TEST(Contains(up, "'MG001', MESSAGE = 'a check is not true: checks.sql in 1_a.sql, line 5'"));
  BOOST_TEST(Contains(up, "END$check$;\nDO $check$BEGIN IF ((SELECT true)) IS NOT TRUE"));
  BOOST_TEST(Contains(up, "checks.sql in 1_a.sql, line 7'"));
  BOOST_TEST(up.ends_with("END$check$;\n\n\nDROP TABLE t;\n\n\n"));
  BOOST_TEST(std::count(up.begin(), up.end(), '\n') == 12);
  BOOST_TEST((reading.parts[1].section == Section::kDown));
  BOOST_TEST(reading.parts[1].content == "CREATE TABLE t ();\n");
  BOOST_TEST(reading.parts[1].first_line == 12);
}

BOOST_AUTO_TEST_CASE(one_of_several_checks_may_be_enough) {
  const Reading reading = ReadText(
      "-- atlas:txtar\n\n-- checks/roles.sql --\n-- atlas:assert oneof\nSELECT 1 = 2;\nSELECT true;\n-- migration.sql --\nA;\n");
  BOOST_TEST(Contains(reading.parts.at(0).content,
                      "IF (\n(SELECT 1 = 2) IS TRUE OR \n(SELECT true) IS TRUE) IS NOT TRUE THEN"));
  BOOST_TEST(reading.parts[0].content.ends_with("\n\nA;\n"));
}

BOOST_AUTO_TEST_CASE(archives_that_are_not_understood_are_refused) {
  const std::pair<const char*, const char*> refused[] = {
      {"-- checks.sql --\nSELECT true;\n", "line 4: the archive has no migration.sql"},
      {"A;\n-- migration.sql --\nB;\n", "line 3: a statement stands above the first file of the archive"},
      {"-- migration.sql --\nA;\n-- checks.sql --\nB;\n", "line 6: \"checks.sql\" stands below migration.sql"},
      {"-- migration.sql --\nA;\n-- Users --\nB;\n", "line 6: \"Users\" is no file that is known in an archive"},
      {"-- migration.sql --\nA;\n-- atlas:txmode none\nB;\n",
       "line 5: \"atlas:txmode\" stands where Atlas does not see it"},
      {"-- checks.sql --\n\\d\n-- migration.sql --\nA;\n", "line 4: a check is no query"},
  };
  for (const auto& [text, message] : refused) {
    BOOST_TEST(Refusal(ReadText("-- atlas:txtar\n\n" + std::string(text))).message ==
               "file \"1_a.sql\", " + std::string(message));
  }
}

BOOST_AUTO_TEST_CASE(a_delimiter_becomes_a_semicolon) {
  BOOST_TEST(ReadText("-- atlas:delimiter \\n\\n\nCREATE SCHEMA a\n\nCREATE TABLE b ();\n").parts.at(0).content ==
             "\nCREATE SCHEMA a\n\n;CREATE TABLE b ();\n");
  BOOST_TEST(WithSemicolons("A -- x //\n//\nB '//' \"//\" $$ // $$ (//) /* // /* */ // */ $1//\n", "//") ==
             "A -- x //\n;\nB '//' \"//\" $$ // $$ (//) /* // /* */ // */ $1;\n");
  BOOST_TEST(WithSemicolons("A\n-- end\nB -- end", "-- end") == "A\n;\nB ;");
  BOOST_TEST(WithSemicolons("SELECT 4/2\n/\nSELECT E'\\'/\n/'", "/", true) == "SELECT 4/2\n;\nSELECT E'\\'/\n/'");
  BOOST_TEST(WithSemicolons("A $t$\n\n$t$\n\nB", "\n\n") == "A $t$\n\n$t$\n\n;B");
  BOOST_TEST(WithSemicolons("A GO\ngo\n", "GO", true) == "A GO\n;\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
