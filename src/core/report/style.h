// How the page looks: the one style sheet of migrate_report(). Nothing in the page depends on it to be read.
#pragma once

namespace migrate::report {

// ASCII, and no "</": it stands in the document as it is.
inline constexpr char kStyle[] = R"(
:root {
  color-scheme: light dark;
  --page: #faf9f7; --card: #fff; --line: #dedad2; --text: #1d1c1a; --quiet: #5d5952;
  --mark: #1d5c88; --good: #2a6639; --warn: #7d4c00; --bad: #a3241a;
  --old: #fbeae7; --new: #e7f3e9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #151619; --card: #1c1e22; --line: #373a41; --text: #e9e7e2; --quiet: #a9a59d;
    --mark: #82bbe3; --good: #8bcb9b; --warn: #e3b262; --bad: #f29a8e;
    --old: #3b2321; --new: #1e3325;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 3.5rem; }
body {
  margin: 0 auto; max-width: 70rem; padding: 0 clamp(1rem, 4vw, 2.5rem) 4rem;
  background: var(--page); color: var(--text);
  font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
h1, h2, h3 { line-height: 1.25; font-weight: 600; overflow-wrap: anywhere; }
h1 { margin: .1em 0 .35em; font-size: clamp(1.7rem, 5vw, 2.4rem); letter-spacing: -.02em; }
h2 { margin: 0 0 1rem; font-size: 1.3rem; letter-spacing: -.01em; }
h3 { margin: 0; font-size: 1.05rem; }
p { margin: 0 0 .75rem; max-width: 44rem; }
a { color: var(--mark); }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; border-radius: 2px; }
code, pre { font: .875em/1.5 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { overflow-wrap: anywhere; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; z-index: 2; padding: .5rem; background: var(--card); }
header { padding: 3rem 0 1.25rem; }
header p { color: var(--quiet); }
.over { margin: 0; font-size: .8125rem; letter-spacing: .06em; text-transform: uppercase; }
.lead { font-size: 1.125rem; }
nav {
  position: sticky; top: 0; z-index: 1; margin: 0 -1rem; padding: 0 1rem; background: var(--page);
  border-bottom: 1px solid var(--line);
}
nav ul { display: flex; gap: 0 1.25rem; margin: 0; padding: 0; list-style: none; overflow-x: auto; }
nav a { display: block; padding: .7rem 0; white-space: nowrap; font-size: .9375rem; text-decoration: none; }
nav a:hover { text-decoration: underline; }
section { padding-top: 2.5rem; }
.facts { display: grid; grid-template-columns: minmax(0, 2.4fr) repeat(4, minmax(0, 1fr)); gap: .75rem; margin: 0; }
.facts > div { padding: .9rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
dt { font-size: .8125rem; color: var(--quiet); }
dd { margin: 0; }
.facts dd { font-size: 1.5rem; line-height: 1.3; overflow-wrap: anywhere; }
.facts .wide dd { font-size: 1.2rem; }
.facts small { display: block; font-size: .8125rem; color: var(--quiet); }
.good { color: var(--good); }
.warn { color: var(--warn); }
.bad { color: var(--bad); }
.badge {
  margin-left: .35rem; padding: .1em .6em; border: 1px solid currentColor; border-radius: 1em; font-size: .75rem;
  font-weight: 500; white-space: nowrap; vertical-align: .1em;
}
.scroll {
  max-height: 36rem; overflow: auto; margin: 0 0 1rem; border: 1px solid var(--line); border-radius: 8px;
  background: var(--card);
}
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
caption { padding: .6rem .9rem; text-align: left; font-size: .8125rem; color: var(--quiet); }
th, td { padding: .45rem .9rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { font-size: .8125rem; font-weight: 500; color: var(--quiet); white-space: nowrap; }
tbody th { font-weight: 500; min-width: 10rem; overflow-wrap: anywhere; }
td.n, th.n { text-align: right; white-space: nowrap; }
.at { white-space: nowrap; }
td .what { display: block; min-width: 14rem; max-width: 40rem; white-space: pre-wrap; overflow-wrap: anywhere; }
figure { margin: 0 0 1rem; }
figcaption { margin-bottom: .5rem; font-size: .875rem; color: var(--quiet); }
.two figcaption { margin-bottom: 0; }
figcaption b { color: var(--text); }
.plot {
  padding: 1rem 1rem .75rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card);
  overflow: hidden;
}
svg { display: block; overflow: visible; }
svg text { font: 12px/1 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; fill: var(--quiet); }
.bars { overflow: hidden; }
.scale { stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; paint-order: stroke; }
.grid { stroke: var(--line); stroke-opacity: 1; }
.stem line { stroke: var(--mark); stroke-opacity: .45; stroke-width: 1.5; }
.stem circle, .bar { fill: var(--mark); }
.stem:hover line, .stem:hover circle { stroke: var(--text); stroke-opacity: 1; }
.area { fill: var(--mark); fill-opacity: .14; }
.line { stroke: var(--mark); }
.four { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: .75rem; margin-bottom: 1rem; }
.four figure { margin: 0; }
.four b { display: block; font-size: 1.5rem; line-height: 1.3; font-weight: 400; }
summary { cursor: pointer; }
.table > summary { width: max-content; max-width: 100%; margin-bottom: .5rem; color: var(--mark); font-size: .9375rem; }
article { padding: 1.25rem 0 1rem; border-top: 1px solid var(--line); }
.meta { margin: .15rem 0 .5rem; color: var(--quiet); font-size: .9375rem; }
.heads {
  display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0 1rem; margin: .35rem 0 .75rem;
  max-width: 44rem; font-size: .9375rem;
}
.heads dt { font-size: inherit; }
.heads dd { overflow-wrap: anywhere; }
article > ul { margin: 0 0 .75rem; padding-left: 1.15rem; font-size: .9375rem; }
article > ul.plain, ul.plain { margin: 0 0 .75rem; padding: 0; list-style: none; }
ul.plain > li { padding: .15rem 0 .15rem 1.15rem; font-size: .9375rem; overflow-wrap: anywhere; }
ul.plain > li > details > summary { margin-left: -1.15rem; }
.two {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: .75rem;
  margin: .5rem 0 1rem -1.15rem;
}
.two figure { min-width: 0; margin: 0; }
pre {
  margin: .25rem 0 0; padding: .75rem .9rem; border: 1px solid var(--line); border-radius: 8px;
  background: var(--card); white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4;
}
del, ins { text-decoration: none; }
del { background: var(--old); }
ins { background: var(--new); }
footer {
  margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .875rem; color: var(--quiet);
}
@media (max-width: 45rem) {
  .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .facts .wide { grid-column: span 2; }
  .four { grid-template-columns: repeat(2, minmax(0, 1fr)); }
}
@media (max-width: 30rem) {
  tbody th { min-width: 7rem; }
  th, td { padding: .45rem .6rem; }
  .heads { display: block; }
  .heads dd { margin-bottom: .25rem; }
}
@media print {
  :root {
    --page: #fff; --card: #fff; --line: #bbb; --text: #000; --quiet: #444; --mark: #1d5c88; --good: #2a6639;
    --warn: #7d4c00; --bad: #a3241a; --old: #f6e3e0; --new: #e2efe4;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .skip { display: none; }
  section { padding-top: 1.25rem; }
  header { padding: 0 0 .75rem; }
  .facts > div, .plot, tr, h2, h3 { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll { max-height: none; overflow: visible; }
  details::details-content { content-visibility: visible; height: auto; }
}
)";

}  // namespace migrate::report
