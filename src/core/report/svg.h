// Plots as SVG. Places across are per cent, so that a plot fills any width with letters of one size; what colours it is
// the page's style, and without one it is drawn in the colour of the text.
#pragma once

#include <string>
#include <vector>

#include "core/report/markup.h"
#include "core/report/report.h"

namespace migrate::report {

// What a plot is called, and what one who can't see it should know of it.
struct PlotText {
  std::string id;  // of this plot alone
  std::string title;
  std::string description;
};

// A stem and a dot for each, on a scale of powers of ten.
Markup PlotDurations(const PlotText& text, const std::vector<Point>& points);

// A line that goes up and down by steps.
Markup PlotSteps(const PlotText& text, const std::vector<int>& values);

// A bar for each, with its label above.
struct Bar {
  std::string label;
  double value = 0;
  std::string shown;
};
Markup PlotBars(const PlotText& text, const std::vector<Bar>& bars);

}  // namespace migrate::report
