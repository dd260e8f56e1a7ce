#include "core/online/form.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/online/spans.h"
#include "core/online/statement.h"
#include "core/schema/tokens.h"

namespace migrate::online {
namespace {

using schema::Change;

bool Has(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

void AddAll(std::vector<Step>& steps, std::vector<Step> more) {
  std::move(more.begin(), more.end(), std::back_inserter(steps));
}

// The steps for a span: the change of a type takes all of it into its swap.
class OneSpan {
 public:
  OneSpan(const std::vector<Seen>& statements, const Span& span, const Terms& terms)
      : statements_(statements), span_(span), terms_(terms) {}

  std::vector<Step> Take() {
    std::vector<Step> steps;
    if (FindRetyped()) steps = Swapped();
    if (!steps.empty()) return steps;
    for (size_t i = span_.first; i <= span_.last; ++i) {
      std::vector<Step> own = StepsFor(statements_[i], terms_);
      if (IsGentler(own)) {
        own = LeftAlone(statements_[i], terms_,
                        "until it is done, " + span_.what + " is missing, which stands around it");
      }
      AddAll(steps, std::move(own));
    }
    return steps;
  }

 private:
  static bool IsGentler(const std::vector<Step>& steps) {
    return std::any_of(steps.begin(), steps.end(), [](const Step& step) { return step.is_gentler; });
  }

  // The only statement that changes a type, if the others are brief.
  bool FindRetyped() {
    size_t found = 0;
    for (size_t i = span_.first; i <= span_.last; ++i) {
      const Seen& seen = statements_[i];
      if (!seen.retyped.empty()) {
        retyped_ = i;
        ++found;
      } else if (!IsBrief(seen)) {
        return false;
      }
    }
    return found == 1;
  }

  bool IsBrief(const Seen& seen) const {
    const auto makes_rows = [](const Change& change) { return change.object().kind == "materialized view"; };
    if (seen.is_alone || std::any_of(seen.changes.begin(), seen.changes.end(), makes_rows)) return false;
    return StepsFor(seen, terms_).front().kind == "as it stands";
  }

  std::vector<Step> Swapped() const {
    Around around;
    for (size_t i = span_.first; i <= span_.last; ++i) {
      if (i == retyped_) continue;
      (i < retyped_ ? around.before : around.after).push_back(statements_[i].text);
      for (const auto& change : statements_[i].changes) AddRelation(change.object(), around.relations);
    }
    std::vector<Step> steps = StepsFor(statements_[retyped_], terms_, around);
    if (!IsGentler(steps)) return {};
    steps.back().note += ", with " + span_.what;
    return steps;
  }

  static void AddRelation(const schema::Object& object, std::optional<std::vector<std::string>>& relations) {
    if (!relations || object.kind == "view column") return;
    const bool is_part = object.kind == "trigger" || object.kind == "policy" || object.kind == "rule";
    const std::string name(is_part ? schema::SplitAt(object.identity, "on").second : object.identity);
    if (!is_part && object.kind != "view" && object.kind != "table") {
      relations.reset();
    } else if (!Has(*relations, name)) {
      relations->push_back(name);
    }
  }

  const std::vector<Seen>& statements_;
  const Span& span_;
  const Terms& terms_;
  size_t retyped_ = 0;
};

}  // namespace

std::vector<Step> StepsOf(const std::vector<Seen>& statements, const Terms& terms) {
  std::vector<Step> steps;
  const std::vector<Span> spans = SpansOf(statements);
  auto span = spans.begin();
  for (size_t i = 0; i < statements.size(); ++i) {
    if (span != spans.end() && i == span->first) {
      AddAll(steps, OneSpan(statements, *span, terms).Take());
      i = span++->last;
    } else {
      AddAll(steps, StepsFor(statements[i], terms));
    }
  }
  return steps;
}

std::string HeadOf(const std::string& checksum, const std::string& head) {
  return "-- migrate:online-of " + checksum + "\n-- migrate:no-transaction\n" + head;
}

std::string TextOf(const std::vector<Step>& steps, const std::string& checksum, const std::string& head) {
  std::string text = HeadOf(checksum, head);
  for (const auto& step : steps) text += step.text + "\n";
  return text;
}

}  // namespace migrate::online
