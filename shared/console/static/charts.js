// Charts beside what they say in words: a figure's table (for a tree its nested list) is what is drawn.
// <figure data-chart="bars|lines|map|tree"> is drawn once it comes into view, and again when the light changes,
// its contents do or its room does. ECharts is fetched for the first. A press on a part follows the link in
// its cell. `chart` draws what else one makes of the colours.
import { ask } from "./renew.js";
import { points, rows, tree } from "./told.js";

const TOKENS = ["paper", "raised", "ink", "ink-soft", "line", "border", "accent", "rescue", "late", "waiting", "done"];
const SERIES = ["accent", "waiting", "late", "done", "ink-soft"];
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const KINDS = { bars, lines, map, tree: branches };
const drawn = new Map();
let loading;

// The tokens as this page shows them now, in the only notation that ECharts reads, and its type.
export function looks() {
  const probe = document.body.appendChild(document.createElement("span"));
  const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const found = {};
  for (const token of TOKENS) {
    probe.style.color = `var(--${token})`;
    brush.fillStyle = getComputedStyle(probe).color;
    brush.fillRect(0, 0, 1, 1);
    found[token] = `rgb(${brush.getImageData(0, 0, 1, 1).data.slice(0, 3).join()})`;
  }
  const { fontFamily, fontSize } = getComputedStyle(document.body);
  probe.remove();
  return { ...found, fontFamily, fontSize: parseFloat(fontSize) * 0.87 };
}

// Draw in `figure` what `make(looks, figure, echarts)` gives as an option of ECharts, or nothing when it is null;
// `pressed` gets its clicks.
export async function chart(figure, make, pressed = () => {}) {
  loading ??= import("./echarts.js");
  const echarts = await loading;
  drop(figure);
  const place = document.createElement("div");
  place.className = "drawing";
  place.ariaHidden = "true";
  figure.querySelector("figcaption").after(place);
  const look = looks();
  const option = await make(look, figure, echarts);
  if (!option) return untold(figure, place);
  if (option.rows) place.style.blockSize = `${Math.max(option.rows * 1.9, 4) + 4}rem`;
  const instance = echarts.init(place, null, { renderer: "canvas" });
  instance.setOption({ ...common(look), ...option });
  instance.on("click", pressed);
  const resized = new ResizeObserver(() => instance.resize());
  resized.observe(place);
  drawn.set(figure, { instance, place, resized, again: () => chart(figure, make, pressed) });
  return instance;
}

// Nothing to draw: what there is, is said in words.
function untold(figure, place) {
  place.remove();
  figure.querySelector("details")?.setAttribute("open", "");
}

function drop(figure) {
  const one = drawn.get(figure);
  one?.resized.disconnect();
  one?.instance.dispose();
  one?.place.remove();
  drawn.delete(figure);
}

function common(look) {
  const text = { color: look.ink, fontFamily: look.fontFamily, fontSize: look.fontSize };
  return {
    animation: !STILL.matches,
    animationDuration: 150,
    color: SERIES.map((token) => look[token]),
    textStyle: text,
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    tooltip: { renderMode: "richText", confine: true, backgroundColor: look.raised, borderColor: look.line, textStyle: text },
  };
}

const axis = (look) => ({
  axisLine: { lineStyle: { color: look.border } },
  axisLabel: { color: look["ink-soft"], fontSize: look.fontSize, hideOverlap: true },
  splitLine: { lineStyle: { color: look.line } },
});

const legend = (look, many) => ({ show: many, top: 0, textStyle: { color: look.ink, fontSize: look.fontSize } });

function series(told, look, more) {
  return told.series.map(({ name, token }, place) => ({
    name,
    ...more,
    ...(token ? { itemStyle: { color: look[token] }, lineStyle: { color: look[token] } } : {}),
    data: told.rows.map((row) => row.cells[place].value),
  }));
}

const telling = (told) => ({ seriesIndex, dataIndex }) => {
  const { name, cells } = told.rows[dataIndex];
  return `${name}\n${told.series[seriesIndex].name}: ${cells[seriesIndex].text}`;
};

function bars(look, figure) {
  const told = rows(figure);
  const many = told.series.length > 1;
  return {
    rows: told.rows.length,
    grid: { left: 8, right: 24, top: many ? 32 : 8, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: legend(look, many),
    xAxis: { type: "value", ...axis(look) },
    yAxis: { type: "category", inverse: true, data: told.rows.map((row) => row.name), ...axis(look) },
    series: series(told, look, { type: "bar", barMaxWidth: 18, stack: "stacked" in figure.dataset ? "all" : undefined }),
    tooltip: { ...common(look).tooltip, formatter: telling(told) },
  };
}

function lines(look, figure) {
  const told = rows(figure);
  const many = told.series.length > 1;
  return {
    grid: { left: 8, right: 24, top: many ? 32 : 12, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: legend(look, many),
    xAxis: { type: "category", data: told.rows.map((row) => row.name), ...axis(look) },
    yAxis: { type: "value", ...axis(look) },
    series: series(told, look, { type: "line", symbolSize: 7 }),
    tooltip: { ...common(look).tooltip, formatter: telling(told) },
  };
}

// Areas of the GeoJSON at data-geo, shaded by the first figure of the row whose name is theirs and labelled with
// it as far as there is room (where, says the property cp); over them the points of a table with data-points.
async function map(look, figure, echarts) {
  const areas = await (await ask(figure.dataset.geo)).json();
  if (!areas.features.length) return null;
  echarts.registerMap(figure.dataset.geo, areas);
  const told = rows(figure);
  const most = Math.max(1, ...told.rows.map((row) => row.cells[0].value));
  const shown = (name) => told.rows.find((row) => row.name === name)?.cells[0].text ?? "";
  const marked = { areaColor: look.waiting };
  return {
    geo: {
      map: figure.dataset.geo,
      roam: true,
      scaleLimit: { min: 1, max: 20 },
      left: 8,
      right: 8,
      top: 8,
      bottom: 44,
      preserveAspect: "contain",
      label: { show: false },
      itemStyle: { areaColor: look.raised, borderColor: look.border },
      emphasis: { itemStyle: marked, label: { show: false } },
      select: { disabled: true },
    },
    visualMap: {
      min: 0,
      max: most,
      seriesIndex: 0,
      calculable: false,
      orient: "horizontal",
      left: 0,
      bottom: 0,
      text: [String(most), "0"],
      inRange: { color: [look.raised, look.accent] },
      textStyle: { color: look["ink-soft"] },
    },
    series: [
      { type: "map", geoIndex: 0, name: told.series[0].name, data: told.rows.map((row) => ({ name: row.name, value: row.cells[0].value })) },
      { type: "scatter", coordinateSystem: "geo", symbolSize: 11, itemStyle: { color: look.late, opacity: 1, borderColor: look.paper, borderWidth: 1.5 }, data: points(figure) },
      {
        type: "scatter",
        coordinateSystem: "geo",
        silent: true,
        symbolSize: 1,
        itemStyle: { color: "transparent" },
        labelLayout: { hideOverlap: true },
        label: {
          show: true,
          formatter: "{b}",
          color: look.ink,
          fontSize: look.fontSize * 0.87,
          textBorderColor: look.raised,
          textBorderWidth: 3,
        },
        data: areas.features.map(({ properties: { name, cp } }) => ({ name: `${name} ${shown(name)}`.trim(), value: cp })),
      },
    ],
    aria: { enabled: false },
    tooltip: {
      ...common(look).tooltip,
      formatter: ({ name, seriesType }) => {
        const row = seriesType === "map" && told.rows.find((one) => one.name === name);
        return row ? [name, ...row.cells.map((cell, place) => `${told.series[place].name}: ${cell.text}`)].join("\n") : name;
      },
    },
  };
}

function branches(look, figure) {
  const { roots, leaves, depth } = tree(figure);
  return {
    rows: leaves * 0.8,
    series: [
      {
        type: "tree",
        data: roots.length === 1 ? roots : [{ name: "", children: roots }],
        left: 12,
        right: `${Math.max(14, 60 / depth)}%`,
        top: 12,
        bottom: 12,
        roam: "move",
        initialTreeDepth: -1,
        expandAndCollapse: false,
        symbolSize: 9,
        itemStyle: { color: look.accent, borderColor: look.accent },
        lineStyle: { color: look.border, width: 1.5 },
        label: { position: "right", distance: 6, color: look.ink, fontSize: look.fontSize, backgroundColor: look.paper, padding: [1, 3] },
        emphasis: { focus: "ancestor" },
      },
    ],
    tooltip: { ...common(look).tooltip, formatter: ({ data }) => data.more ?? data.name },
  };
}

// Where a press on a part of a figure leads: the link of its cell, of its row, or of its item.
function follow(figure) {
  return ({ componentType, seriesIndex, dataIndex, name, data }) => {
    if (data?.link) return data.link.click();
    const told = rows(figure).rows;
    const row = figure.dataset.chart === "map" ? told.find((one) => one.name === name) : told[dataIndex];
    if (componentType === "series" || componentType === "geo") (row?.cells[seriesIndex ?? 0] ?? row)?.link?.click();
  };
}

function draw(figure) {
  return chart(figure, KINDS[figure.dataset.chart], follow(figure));
}

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    draw(target);
  }
});

// A swap takes away what was drawn: figures that are gone are let go, those without a drawing get theirs.
function look() {
  for (const figure of drawn.keys()) if (!figure.isConnected) drop(figure);
  for (const figure of document.querySelectorAll("figure[data-chart]")) {
    if (!figure.querySelector(".drawing")) seen.observe(figure);
  }
}

function again() {
  for (const { again } of [...drawn.values()]) again();
}

look();
document.addEventListener("htmx:after:swap", look);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
STILL.addEventListener("change", again);
