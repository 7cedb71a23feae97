/* Draws every [data-chart] from the JSON beside it, in one theme. */
(() => {
  "use strict";
  const INK = "#1f2733",
    SOFT = "#55606f",
    LINE = "#e3e7ec";
  const COLOURS = ["#1d5bbf", "#2c8a6b", "#c98612", "#7a5bb5", "#c2513a", "#5b7a99"];
  const TONES = {
    blue: "#3a76d1",
    green: "#2c8a53",
    amber: "#c98612",
    red: "#c2413a",
    grey: "#98a3b1",
  };
  const FONT = getComputedStyle(document.body).fontFamily;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const esc = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  const show = (chart) => (v) =>
    v == null || Number.isNaN(v)
      ? "未填"
      : `${Number(v).toLocaleString("zh-CN", { maximumFractionDigits: chart.places })}${chart.unit ? ` ${chart.unit}` : ""}`;
  window.echarts.registerTheme("house", {
    color: COLOURS,
    textStyle: { fontFamily: FONT, color: INK },
    categoryAxis: {
      axisLine: { lineStyle: { color: "#b7c0cb" } },
      axisTick: { show: false },
      axisLabel: { color: SOFT },
      splitLine: { show: false },
    },
    valueAxis: {
      axisLine: { show: false },
      axisLabel: { color: SOFT },
      splitLine: { lineStyle: { color: LINE } },
    },
    legend: {
      top: 0,
      left: 0,
      icon: "roundRect",
      itemWidth: 12,
      itemHeight: 8,
      textStyle: { color: SOFT },
    },
    tooltip: {
      borderColor: LINE,
      textStyle: { color: INK, fontSize: 13 },
      extraCssText: "box-shadow:0 4px 16px rgba(31,39,51,.14)",
    },
  });
  /* Room above bars for the legend, which folds on a phone, and a threshold's words. */
  const below = (chart) => {
    const lines = innerWidth < 600 ? Math.ceil(chart.series.length / 3) : 1;
    return 16 + 20 * lines + (chart.thresholds.length ? 16 : 0);
  };
  const frame = (chart, more) => ({
    animation: !calm,
    animationDuration: 300,
    grid: {
      left: 4,
      right: 20,
      top: chart.series.length > 1 ? 36 : 16,
      bottom: 4,
      containLabel: true,
    },
    legend: chart.series.length > 1 ? {} : { show: false },
    tooltip: { trigger: "axis", valueFormatter: show(chart), confine: true },
    ...more,
  });
  const limits = (chart, axis = "yAxis") => ({
    silent: true,
    symbol: "none",
    lineStyle: { color: TONES.amber, type: "dashed" },
    label: {
      formatter: (p) => p.name,
      color: "#855100",
      position: axis === "yAxis" ? "insideEndTop" : "end",
      fontSize: 12,
    },
    data: chart.thresholds.map((t) => ({ [axis]: t.value, name: t.label })),
  });
  const kinds = {
    trend: (c) =>
      frame(c, {
        xAxis: { type: "category", data: c.categories, boundaryGap: false },
        yAxis: { type: "value", scale: true, max: c.maximum ?? undefined },
        grid: {
          left: 4,
          right: c.series.length > 1 ? 24 : 64,
          top: c.series.length > 1 ? 36 : 20,
          bottom: 4,
          containLabel: true,
        },
        series: c.series.map((s, i) => ({
          type: "line",
          name: s.name,
          data: s.values,
          symbolSize: 6,
          lineStyle: { width: 2 },
          connectNulls: false,
          endLabel:
            c.series.length > 1
              ? undefined
              : { show: true, formatter: (p) => show(c)(p.value), color: INK },
          markLine: i ? undefined : limits(c),
        })),
      }),
    bar: (c) => {
      const order = c.categories
        .map((_, i) => i)
        .sort((a, b) => (c.series[0]?.values[a] ?? -1) - (c.series[0]?.values[b] ?? -1));
      return frame(c, {
        yAxis: {
          type: "category",
          data: order.map((i) => c.categories[i]),
          axisLabel: { width: 120, overflow: "truncate" },
        },
        xAxis: { type: "value", min: 0, max: c.maximum ?? undefined, splitNumber: 4 },
        grid: {
          left: 4,
          right: 64,
          top: c.series.length > 1 ? below(c) : c.thresholds.length ? 24 : 8,
          bottom: 4,
          containLabel: true,
        },
        series: c.series.map((s, n) => ({
          type: "bar",
          name: s.name,
          data: order.map((i) => s.values[i]),
          barMaxWidth: 18,
          itemStyle: { borderRadius: [0, 3, 3, 0] },
          label: {
            show: c.series.length < 3,
            position: "right",
            formatter: (p) => show(c)(p.value),
            color: INK,
            fontSize: 12,
            textBorderColor: "#fff",
            textBorderWidth: 3,
          },
          markLine: n ? undefined : limits(c, "xAxis"),
        })),
      });
    },
    radar: (c) =>
      frame(c, {
        tooltip: { trigger: "item", valueFormatter: show(c), confine: true },
        radar: {
          center: ["50%", c.series.length > 1 ? "56%" : "52%"],
          radius: "68%",
          splitNumber: 4,
          axisName: { color: INK },
          splitArea: { show: false },
          splitLine: { lineStyle: { color: LINE } },
          axisLine: { lineStyle: { color: LINE } },
          indicator: c.categories.map((name) => ({
            name,
            min: 0,
            max: c.maximum ?? Math.max(...c.series.flatMap((s) => s.values.map(Number))),
          })),
        },
        series: [
          {
            type: "radar",
            symbolSize: 5,
            data: c.series.map((s) => ({
              name: s.name,
              value: s.values,
              areaStyle: { opacity: 0.1 },
            })),
          },
        ],
      }),
    heat: (c) => {
      const cells = c.series.flatMap((s, y) => s.values.map((v, x) => [x, y, v ?? "-"]));
      const values = cells.map((p) => p[2]).filter((v) => v !== "-");
      return frame(c, {
        legend: { show: false },
        tooltip: {
          confine: true,
          formatter: (p) =>
            `${esc(c.series[p.value[1]].name)} · ${esc(c.categories[p.value[0]])}<br><b>${esc(show(c)(p.value[2]))}</b>`,
        },
        grid: { left: 4, right: 8, top: 8, bottom: 44, containLabel: true },
        xAxis: { type: "category", data: c.categories, axisLabel: { interval: 0 } },
        yAxis: {
          type: "category",
          data: c.series.map((s) => s.name),
          inverse: true,
          axisLabel: { width: 120, overflow: "truncate" },
        },
        visualMap: {
          min: Math.min(...values),
          max: c.maximum ?? Math.max(...values),
          calculable: false,
          orient: "horizontal",
          left: "center",
          bottom: 0,
          itemHeight: 100,
          itemWidth: 12,
          textStyle: { color: SOFT },
          inRange: { color: ["#f3f7fd", "#b6cff2", "#5e93dd", "#1d5bbf"] },
        },
        series: [
          {
            type: "heatmap",
            data: cells,
            label: {
              show: true,
              formatter: (p) =>
                p.value[2] === "-" ? "未填" : Number(p.value[2]).toFixed(c.places),
              fontSize: 12,
            },
            itemStyle: { borderColor: "#fff", borderWidth: 2 },
          },
        ],
      });
    },
    sankey: (c) =>
      frame(c, {
        legend: { show: false },
        tooltip: { trigger: "item", valueFormatter: show(c), confine: true },
        series: [
          {
            type: "sankey",
            left: 4,
            right: 110,
            top: 8,
            bottom: 8,
            nodeGap: 14,
            nodeWidth: 14,
            draggable: false,
            label: { color: INK },
            lineStyle: { color: "gradient", opacity: 0.35 },
            data: names(c).map((name) => ({ name })),
            links: c.links,
          },
        ],
      }),
    network: (c) =>
      frame(c, {
        legend: { show: false },
        tooltip: { trigger: "item", confine: true },
        series: [
          {
            type: "graph",
            layout: "force",
            roam: false,
            draggable: true,
            force: { repulsion: 260, edgeLength: [70, 130] },
            label: { show: true, position: "bottom", color: INK },
            lineStyle: { color: "#b7c6dc", width: 1.5 },
            data: names(c).map((name) => ({
              name,
              symbolSize: name === c.centre ? 36 : 18,
              itemStyle: { color: name === c.centre ? COLOURS[0] : "#7fa6df" },
              label: { fontWeight: name === c.centre ? 600 : 400 },
            })),
            links: c.links.map((l) => ({ source: l.source, target: l.target })),
          },
        ],
      }),
    gantt: (c) => {
      const from = Math.min(...c.tasks.map((t) => +new Date(t.start)));
      return frame(c, {
        legend: { show: false },
        grid: { left: 4, right: 20, top: 8, bottom: 4, containLabel: true },
        tooltip: {
          trigger: "item",
          confine: true,
          formatter: (p) =>
            `${esc(c.tasks[p.dataIndex].name)}<br>${c.tasks[p.dataIndex].start} ～ ${c.tasks[p.dataIndex].end}`,
        },
        xAxis: { type: "time", min: from, minInterval: 864e5 },
        yAxis: {
          type: "category",
          inverse: true,
          data: c.tasks.map((t) => t.name),
          axisLabel: { width: 140, overflow: "truncate" },
        },
        series: [
          {
            type: "custom",
            encode: { x: [1, 2], y: 0 },
            data: c.tasks.map((t, i) => [i, +new Date(t.start), +new Date(t.end)]),
            renderItem: (_, api) => {
              const start = api.coord([api.value(1), api.value(0)]),
                end = api.coord([api.value(2), api.value(0)]),
                high = Math.min(18, api.size([0, 1])[1] * 0.6);
              return {
                type: "rect",
                shape: {
                  x: start[0],
                  y: start[1] - high / 2,
                  width: Math.max(end[0] - start[0], 3),
                  height: high,
                  r: 3,
                },
                style: { fill: TONES[c.tasks[api.value(0)].tone] || TONES.blue },
              };
            },
          },
        ],
      });
    },
    plot: (c) => {
      const known = c.points.map((p) => p.value).filter((v) => v != null);
      const tip = (p) =>
        `${esc(c.points[p.dataIndex].name)}<br>${show(c)(c.points[p.dataIndex].value)}`;
      const degrees = (name) => ({
        type: "value",
        scale: true,
        name,
        nameLocation: "end",
        splitNumber: innerWidth < 600 ? 3 : 6,
        axisLabel: { formatter: (v) => `${v}°`, color: SOFT, hideOverlap: true },
        splitLine: { lineStyle: { color: LINE } },
      });
      return frame(c, {
        legend: { show: false },
        grid: { left: 4, right: 48, top: 28, bottom: known.length ? 44 : 4, containLabel: true },
        tooltip: { trigger: "item", confine: true, formatter: tip },
        xAxis: degrees("东经"),
        yAxis: degrees("北纬"),
        visualMap: known.length
          ? {
              type: "continuous",
              dimension: 2,
              min: Math.min(...known),
              max: Math.max(...known, Math.min(...known) + 1e-6),
              orient: "horizontal",
              left: "center",
              bottom: 0,
              text: [Math.max(...known), Math.min(...known)].map(show(c)),
              itemHeight: 120,
              itemWidth: 12,
              formatter: show(c),
              inRange: { color: ["#b9d0f2", "#1d5bbf", "#0e2f63"] },
              outOfRange: { color: "#c3cad3" },
            }
          : undefined,
        series: [
          {
            type: "scatter",
            symbolSize: 13,
            itemStyle: { borderColor: "#fff", borderWidth: 1.5 },
            data: c.points.map((p) => [...p.at, p.value ?? "-"]),
          },
        ],
      });
    },
    waterfall: (c) => {
      const steps = c.series[0].values.map(Number);
      let level = 0;
      const bases = steps.map((v) => {
        const base = v >= 0 ? level : level + v;
        level += v;
        return base;
      });
      return frame(c, {
        legend: { show: false },
        xAxis: { type: "category", data: [...c.categories, "合计"], axisLabel: { interval: 0 } },
        yAxis: { type: "value" },
        tooltip: {
          trigger: "item",
          confine: true,
          formatter: (p) =>
            `${esc(p.name)}<br><b>${esc(show(c)(p.dataIndex < steps.length ? steps[p.dataIndex] : level))}</b>`,
        },
        series: [
          {
            type: "bar",
            stack: "all",
            silent: true,
            itemStyle: { color: "transparent" },
            data: [...bases, 0],
          },
          {
            type: "bar",
            stack: "all",
            barMaxWidth: 40,
            data: [
              ...steps.map((v) => ({
                value: Math.abs(v),
                itemStyle: { color: v >= 0 ? TONES.blue : TONES.amber },
              })),
              { value: level, itemStyle: { color: "#4a5666" } },
            ],
            label: {
              show: true,
              position: "top",
              color: INK,
              fontSize: 12,
              formatter: (p) =>
                (p.dataIndex < steps.length ? steps[p.dataIndex] : level).toLocaleString("zh-CN"),
            },
          },
        ],
      });
    },
  };
  const names = (c) => [
    ...new Set([...(c.centre ? [c.centre] : []), ...c.links.flatMap((l) => [l.source, l.target])]),
  ];
  const drawOne = (block) => {
    if (block.dataset.drawn) return;
    block.dataset.drawn = "1";
    const chart = JSON.parse(block.querySelector('script[type="application/json"]').textContent);
    const canvas = block.querySelector(".chart-canvas"),
      table = block.querySelector(".chart-table"),
      toggle = block.querySelector("[data-chart-toggle]");
    const parts = [chart.series, chart.links, chart.tasks, chart.points];
    if (parts.every((part) => !part.length)) return;
    canvas.hidden = false;
    table.hidden = true;
    toggle.hidden = false;
    if (chart.kind === "bar")
      canvas.style.height = `${Math.min(640, Math.max(120, chart.categories.length * (14 + 16 * chart.series.length) + 48))}px`;
    const picture = window.echarts.init(canvas, "house", { renderer: "svg" });
    picture.setOption(kinds[chart.kind](chart));
    if (chart.kind === "plot")
      picture.on(
        "click",
        (p) => chart.points[p.dataIndex].url && location.assign(chart.points[p.dataIndex].url),
      );
    new ResizeObserver(() => picture.resize()).observe(canvas);
    toggle.addEventListener("click", () => {
      const asTable = toggle.getAttribute("aria-pressed") !== "true";
      toggle.setAttribute("aria-pressed", asTable);
      table.hidden = !asTable;
      canvas.hidden = asTable;
      if (!asTable) picture.resize();
    });
    window.addEventListener("beforeprint", () =>
      picture.resize({ width: Math.min(canvas.clientWidth || 640, 640) }),
    );
  };
  window.drawCharts = (part) =>
    (part.querySelectorAll ? [...part.querySelectorAll("[data-chart]")] : [])
      .concat(part.matches?.("[data-chart]") ? [part] : [])
      .forEach(drawOne);
})();
