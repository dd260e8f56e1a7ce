#include "core/report/svg.h"

#include <algorithm>
#include <cmath>

namespace migrate::report {
namespace {

void Open(Markup& plot, const PlotText& text, size_t height) {
  plot.Add("<svg role=\"img\" width=\"100%\" height=\"").AddNumber(height).Add("\" aria-labelledby=\"t-");
  plot.Text(text.id).Add(" d-").Text(text.id).Add("\"><title id=\"t-").Text(text.id).Add("\">").Text(text.title);
  plot.Add("</title><desc id=\"d-").Text(text.id).Add("\">").Text(text.description).Add("</desc>");
}

void AddLabel(Markup& plot, double x, double y, const std::string& label) {
  plot.Add("<text x=\"").AddPlace(x).Add("%\" y=\"").AddPlace(y);
  plot.Add("\" font-size=\"12\" fill=\"currentColor\">").Text(label).Add("</text>\n");
}

void AddGridLine(Markup& plot, double y) {
  plot.Add("<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"").AddPlace(y).Add("\" y2=\"").AddPlace(y);
  plot.Add("\" stroke=\"currentColor\" stroke-opacity=\".2\"/>\n");
}

// First, middle and last, as far as they differ.
void AddDays(Markup& plot, const std::vector<Point>& points, double y) {
  AddLabel(plot, 0, y, points.front().at);
  const std::string& middle = points[points.size() / 2].at;
  const std::string& last = points.back().at;
  if (middle != points.front().at && middle != last) {
    plot.Add("<text text-anchor=\"middle\" x=\"50%\" y=\"").AddPlace(y);
    plot.Add("\" font-size=\"12\" fill=\"currentColor\">").Text(middle).Add("</text>\n");
  }
  if (last == points.front().at) return;
  plot.Add("<text text-anchor=\"end\" x=\"100%\" y=\"").AddPlace(y);
  plot.Add("\" font-size=\"12\" fill=\"currentColor\">").Text(last).Add("</text>\n");
}

// A power of ten on the scale: "10 ms", "100 s".
std::string ScaleText(double power) {
  const double ms = std::pow(10, power);
  return ms < 1000 ? DurationText(ms) : std::to_string(std::lround(ms / 1000)) + " s";
}

// What is quicker than this is drawn as this.
constexpr double kShortest = 0.1;

// Powers of ten that hold all of them.
struct Scale {
  double low, high;

  explicit Scale(const std::vector<Point>& points) {
    double least = HUGE_VAL, most = kShortest;
    for (const auto& point : points) {
      least = std::min(least, std::max(point.value, kShortest));
      most = std::max(most, point.value);
    }
    low = std::floor(std::log10(least) - 0.05);
    high = std::max(low + 1, std::ceil(std::log10(most) + 0.05));
  }

  // From 0 to 1.
  double Share(double value) const { return (std::log10(std::max(value, kShortest)) - low) / (high - low); }
};

}  // namespace

Markup PlotDurations(const PlotText& text, const std::vector<Point>& points) {
  constexpr double kTop = 24, kBottom = 196, kHeight = 220;
  Markup plot;
  Open(plot, text, static_cast<size_t>(kHeight));
  const Scale scale(points);
  const auto y_of = [&](double share) { return kBottom - share * (kBottom - kTop); };
  for (double power = scale.low; power <= scale.high; ++power) {
    const double y = y_of((power - scale.low) / (scale.high - scale.low));
    AddGridLine(plot, y);
  }
  plot.Add("<svg x=\"10%\" width=\"89%\" height=\"100%\">\n");
  const double width = 100 / static_cast<double>(points.size());
  for (size_t i = 0; i < points.size(); ++i) {
    const double x = (static_cast<double>(i) + 0.5) * width, y = y_of(scale.Share(points[i].value));
    plot.Add("<g class=\"stem\"><title>").Text(points[i].label).Add(": ").Text(DurationText(points[i].value));
    plot.Add("</title><line x1=\"").AddPlace(x).Add("%\" x2=\"").AddPlace(x).Add("%\" y1=\"").AddPlace(kBottom);
    plot.Add("\" y2=\"").AddPlace(y).Add("\" stroke=\"currentColor\"/><circle cx=\"").AddPlace(x).Add("%\" cy=\"");
    plot.AddPlace(y).Add("\" r=\"").AddPlace(points.size() > 60 ? 2.5 : 4).Add("\" fill=\"currentColor\"/></g>\n");
  }
  AddDays(plot, points, kHeight - 6);
  plot.Add("</svg><g class=\"scale\">\n");
  // On top: on a phone the first stems stand where these do.
  for (double power = scale.low; power <= scale.high; ++power) {
    const double y = y_of((power - scale.low) / (scale.high - scale.low));
    AddLabel(plot, 0, y - 4, ScaleText(power));
  }
  plot.Add("</g>");
  plot.Add("</svg>");
  return plot;
}

Markup PlotSteps(const PlotText& text, const std::vector<int>& values) {
  constexpr double kWidth = 1000, kHeight = 100, kMargin = 3;
  const int most = std::max(1, *std::max_element(values.begin(), values.end()));
  const int least = std::min(0, *std::min_element(values.begin(), values.end()));
  const auto y_of = [&](int value) {
    return kHeight - kMargin - (kHeight - 2 * kMargin) * (value - least) / (most - least);
  };
  Markup line;
  double y = y_of(0);
  line.Add("M0 ").AddPlace(y);
  for (size_t i = 0; i < values.size(); ++i) {
    if (y_of(values[i]) == y) continue;
    y = y_of(values[i]);
    line.Add("H").AddPlace(kWidth * static_cast<double>(i) / static_cast<double>(values.size())).Add("V").AddPlace(y);
  }
  line.Add("H1000");
  Markup plot;
  Open(plot, text, static_cast<size_t>(kHeight));
  // Only this part is stretched: a line keeps its width, letters would not.
  plot.Add("<svg width=\"100%\" height=\"100\" viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\">");
  plot.Add("<path class=\"area\" fill=\"currentColor\" fill-opacity=\".1\" d=\"").Add(line).Add("V").AddPlace(y_of(0));
  plot.Add("H0Z\"/><path class=\"line\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" ");
  plot.Add("vector-effect=\"non-scaling-stroke\" d=\"").Add(line).Add("\"/></svg>");
  plot.Add("</svg>");
  return plot;
}

Markup PlotBars(const PlotText& text, const std::vector<Bar>& bars) {
  constexpr size_t kRow = 40;
  Markup plot;
  Open(plot, text, kRow * bars.size());
  double most = 0;
  for (const auto& bar : bars) most = std::max(most, bar.value);
  for (size_t i = 0; i < bars.size(); ++i) {
    const auto y = static_cast<double>(kRow * i);
    AddLabel(plot, 0, y + 14, bars[i].label);
    plot.Add("<rect class=\"bar\" rx=\"2\" x=\"0\" height=\"10\" y=\"").AddPlace(y + 21).Add("\" width=\"");
    plot.AddPlace(most > 0 ? std::max(0.3, 80 * bars[i].value / most) : 0.3).Add("%\" fill=\"currentColor\"/>");
    AddLabel(plot, most > 0 ? std::max(0.3, 80 * bars[i].value / most) + 1 : 1.3, y + 30, bars[i].shown);
  }
  plot.Add("</svg>");
  return plot;
}

}  // namespace migrate::report
