// Charts: the server says what to draw (a small specification as JSON), this says how it looks. The library
// is loaded only on pages that have a chart.

const chinese = () => document.documentElement.lang.startsWith("zh");
const SYMBOLS = { CNY: "¥", USD: "$", EUR: "€", GBP: "£", HKD: "HK$", TWD: "NT$", JPY: "JP¥" };
const WITHOUT_MINOR_UNIT = new Set(["JPY", "KRW", "VND"]);
const drawn = new Map();
let library;

function loadLibrary() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.body.dataset.charts;
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

export function compact(value) {
  const steps = chinese() ? [[1e12, "万亿"], [1e8, "亿"], [1e4, "万"]] : [[1e9, "B"], [1e6, "M"], [1e3, "K"]];
  if (Math.abs(value) < 1e4) {
    return value.toLocaleString("en", { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 0 });
  }
  const [size, unit] = steps.find(([step]) => Math.abs(value) >= step * 0.99995);
  return (value / size).toFixed(1).replace(/\.0$/, "") + unit;
}

function formatter(spec, short) {
  if (spec.unit === "share") return (v) => (v == null ? "—" : `${(v * 100).toFixed(short ? 0 : 1)}%`);
  if (spec.unit !== "money") {
    return (v) => (v == null ? "—" : short ? compact(v) : v.toLocaleString("en"));
  }
  const symbol = SYMBOLS[spec.currency] ?? `${spec.currency} `;
  const minor = WITHOUT_MINOR_UNIT.has(spec.currency) ? 1 : 100;
  const digits = minor === 1 ? 0 : 2;
  return (v) => {
    if (v == null) return "—";
    const amount = Math.abs(v) / minor;
    const text = short
      ? compact(amount)
      : amount.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return (v < 0 ? "-" : "") + symbol + text;
  };
}

function tokens() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    ink: read("--ink"),
    quiet: read("--ink-2"),
    line: read("--line"),
    surface: read("--surface"),
    heat: read("--heat").split(" ").join(","),
    palette: [1, 2, 3, 4, 5, 6].map((n) => read(`--chart-${n}`)),
    font: getComputedStyle(document.body).fontFamily,
  };
}

function base(spec, look) {
  return {
    color: look.palette,
    textStyle: { fontFamily: look.font, color: look.quiet },
    animationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300,
    aria: { enabled: false }, // the element carries its own label, the table its content
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: look.surface,
      borderColor: look.line,
      textStyle: { color: look.ink, fontFamily: look.font, fontSize: 13 },
    },
  };
}

const axis = (look) => ({
  axisLine: { lineStyle: { color: look.line } },
  axisTick: { show: false },
  axisLabel: { color: look.quiet, hideOverlap: true },
  splitLine: { lineStyle: { color: look.line } },
});

function overTime(spec, look) {
  const long = formatter(spec, false);
  const short = formatter(spec, true);
  const stacked = spec.kind === "stacked";
  const option = base(spec, look);
  Object.assign(option.tooltip, {
    trigger: "axis",
    axisPointer: { type: stacked ? "shadow" : "line", shadowStyle: { opacity: 0.08 } },
    formatter: (points) =>
      [points[0].name, ...points.map((p) => `${p.seriesName}  ${long(p.value)}`)].join("\n"),
  });
  return Object.assign(option, {
    legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 12, textStyle: { color: look.ink } },
    grid: { left: 4, right: 8, top: 40, bottom: 4, containLabel: true },
    xAxis: { type: "category", data: spec.labels, ...axis(look) },
    yAxis: { type: "value", min: stacked ? 0 : undefined, ...axis(look), axisLabel: { color: look.quiet, formatter: short } },
    series: spec.series.map((s) => ({
      name: s.name,
      type: stacked ? "bar" : "line",
      stack: stacked ? "all" : undefined,
      data: s.values,
      barMaxWidth: 28,
      symbol: "circle",
      symbolSize: 5,
      lineStyle: { width: 2 },
    })),
  });
}

// Lines with the interval each lies in: an unseen line at the lower bound carries a shaded area up to the upper.
function bands(spec, look) {
  const option = overTime(spec, look);
  const long = formatter(spec, false);
  const lines = option.series;
  option.series = spec.series.flatMap((s, i) => {
    const color = look.palette[i % look.palette.length];
    const line = { ...lines[i], color, showSymbol: spec.labels.length <= 40 };
    if (!s.low) return [line];
    const part = { type: "line", stack: `band ${i}`, symbol: "none", silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false } };
    const width = s.high.map((high, k) => (high == null || s.low[k] == null ? null : high - s.low[k]));
    return [
      { ...part, name: `${s.name} low`, data: s.low, stackStrategy: "all" },
      { ...part, name: `${s.name} high`, data: width, stackStrategy: "all", areaStyle: { color, opacity: 0.16 } },
      line,
    ];
  });
  option.legend.data = spec.series.map((s) => s.name);
  option.tooltip.formatter = (points) => {
    const at = points[0].dataIndex;
    const told = spec.series.map((s) => {
      const band = s.low && s.low[at] != null ? `  (${long(s.low[at])} – ${long(s.high[at])})` : "";
      return `${s.name}  ${long(s.values[at])}${band}`;
    });
    return [points[0].name, ...told].join("\n");
  };
  return option;
}

// Nodes of both ends may be one thing at two times, "at risk (1 Oct)": what stands before the bracket has the colour.
const kindOf = (name) => name.replace(/\s*[(（][^(（]*$/, "");
const widthOf = (name) => [...name].reduce((width, sign) => width + (sign.charCodeAt(0) > 0x2e80 ? 12.5 : 6.8), 0);

function sankey(spec, look) {
  const long = formatter(spec, false);
  const option = base(spec, look);
  const names = [...new Set(spec.ribbons.flatMap(([from, to]) => [from, to]))];
  const kinds = [...new Set(names.map(kindOf))];
  const sources = new Set(spec.ribbons.map(([from]) => from));
  const label = innerWidth < 640 ? kindOf : (name) => name; // a phone has no room for the days; the text below tells
  const room = Math.max(...names.filter((name) => !sources.has(name)).map((name) => widthOf(label(name))), 80);
  Object.assign(option.tooltip, {
    formatter: (p) => (p.dataType === "edge" ? `${p.data.source} → ${p.data.target}\n${long(p.value)}` : `${p.name}\n${long(p.value)}`),
  });
  return Object.assign(option, {
    series: [{
      type: "sankey",
      left: 4, right: Math.min(room + 12, 200), top: 8, bottom: 8,
      nodeGap: 12,
      data: names.map((name) => ({ name, itemStyle: { color: look.palette[kinds.indexOf(kindOf(name)) % look.palette.length] } })),
      links: spec.ribbons.map(([source, target, value]) => ({ source, target, value })),
      label: { color: look.ink, fontFamily: look.font, formatter: (p) => label(p.name) },
      lineStyle: { color: "gradient", opacity: 0.35, curveness: 0.5 },
      emphasis: { focus: "adjacency" },
    }],
  });
}

function ranked(spec, look) {
  const short = formatter(spec, true);
  const long = formatter(spec, false);
  const option = base(spec, look);
  const several = spec.series.length > 1;
  Object.assign(option.tooltip, { formatter: (p) => `${p.name}\n${p.seriesName}  ${long(p.value)}` });
  return Object.assign(option, {
    legend: { show: several, top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 12, textStyle: { color: look.ink } },
    grid: { left: 4, right: 64, top: several ? 32 : 4, bottom: 4, containLabel: true },
    xAxis: { type: "value", min: 0, show: false },
    yAxis: { type: "category", inverse: true, data: spec.labels, ...axis(look), axisLine: { show: false }, axisLabel: { color: look.ink } },
    series: spec.series.map((s) => ({
      name: s.name,
      type: "bar",
      data: s.values,
      barMaxWidth: 22,
      label: { show: true, position: "right", color: look.quiet, formatter: (p) => (p.value == null ? "" : short(p.value)) },
      itemStyle: { borderRadius: [0, 3, 3, 0] },
    })),
  });
}

function heatmap(spec, look) {
  const long = formatter(spec, false);
  const short = formatter(spec, true);
  const cells = spec.series.flatMap((row, y) =>
    row.values.map((value, x) => [x, y, value]).filter(([, , value]) => value != null)
  );
  // The first column is always 100%; leaving it out of the scale lets the others tell apart.
  const top = Math.max(0.0001, ...cells.filter(([x]) => x > 0).map(([, , value]) => value));
  const roomy = spec.labels.length <= 13;
  const option = base(spec, look);
  Object.assign(option.tooltip, {
    formatter: (p) => `${spec.series[p.value[1]].name} → ${spec.labels[p.value[0]]}\n${long(p.value[2])}`,
  });
  return Object.assign(option, {
    grid: { left: 4, right: 8, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: "category", position: "top", data: spec.labels, ...axis(look), splitLine: { show: false } },
    yAxis: { type: "category", inverse: true, data: spec.series.map((s) => s.name), ...axis(look), splitLine: { show: false } },
    visualMap: {
      show: false,
      min: 0,
      max: top,
      inRange: { color: [`rgba(${look.heat},0.06)`, `rgba(${look.heat},0.95)`] },
    },
    series: [{
      type: "heatmap",
      data: cells,
      label: { show: roomy, color: look.ink, fontSize: 11, formatter: (p) => short(p.value[2]) },
      itemStyle: { borderColor: look.surface, borderWidth: 1 },
      emphasis: { itemStyle: { borderColor: look.ink, borderWidth: 1 } },
    }],
  });
}

const KINDS = { stacked: overTime, lines: overTime, bands, ranked, heatmap, sankey };

async function draw(element) {
  const spec = JSON.parse(document.getElementById(element.dataset.chart).textContent);
  const echarts = await loadLibrary();
  const chart = echarts.init(element, null, { renderer: "canvas" });
  drawn.set(element, [chart, spec]);
  chart.setOption(KINDS[spec.kind](spec, tokens()));
  new ResizeObserver(() => chart.resize()).observe(element);
}

export function mountCharts(root) {
  for (const [element, [chart]] of drawn) {
    if (element.isConnected) continue;
    chart.dispose();
    drawn.delete(element);
  }
  for (const element of root.querySelectorAll("[data-chart]")) {
    if (drawn.has(element)) continue;
    drawn.set(element, [{ dispose() {}, setOption() {} }, null]);
    draw(element).catch(() => {
      // Without the library the table says it all.
      element.hidden = true;
      element.closest("[data-chart-panel]")?.querySelector("[data-chart-table]")?.click();
    });
  }
}

document.addEventListener("theme-changed", () => {
  const look = tokens();
  for (const [chart, spec] of drawn.values()) {
    if (spec) chart.setOption(KINDS[spec.kind](spec, look), true);
  }
});
