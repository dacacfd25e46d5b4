const NARROW = 560, LEGEND = 200; // of a figure whose legend would cover it, and the room that it gets below instead
const below = (layout) => ({ height: (layout.height || 380) + LEGEND,
  legend: { orientation: 'h', y: -0.14, yanchor: 'top', x: 0, font: { size: 11 } } });

// Figures in the page's colours. A drawn node keeps its figure; what moves with θ is put into it anew.
function plotInto(node, url) {
  let figure = null, drawing = Promise.resolve();
  // The figure in the colours and the width of the page.
  const dressed = () => {
    const { data, layout } = figure, style = getComputedStyle(node), line = style.getPropertyValue('--th-line').trim();
    const axis = (own) => ({ ...own, gridcolor: line, linecolor: line, tickcolor: line, zerolinecolor: line });
    const around = { font: { color: style.color, family: style.fontFamily, size: 13 }, hoverlabel: { font: { size: 13 } } };
    const narrow = layout.showlegend !== false && node.offsetWidth < NARROW;
    return { data, layout: { ...layout, ...around, ...(narrow ? below(layout) : {}), xaxis: axis(layout.xaxis), yaxis: axis(layout.yaxis) } };
  };
  const draw = async () => {
    if (!figure || !node.offsetWidth || node.hidden) return; // not seen yet: drawn when it is
    const Plotly = await loadPlotly(url), { data, layout } = dressed();
    node.style.height = `${layout.height || 380}px`;
    await Plotly.react(node, data, layout, { responsive: true, displayModeBar: false });
    node.dataset.drawn = 'yes';
  };
  const redraw = () => (drawing = drawing.then(draw, draw));
  new ResizeObserver(redraw).observe(node);
  return {
    show(next, label) {
      figure = next;
      node.style.height ||= `${figure.layout.height || 380}px`;
      node.setAttribute('aria-label', label);
      redraw();
    },
    redraw,
    // The figure as an image: SVG text, or a PNG blob.
    async file(format) {
      const Plotly = await loadPlotly(url), { data, layout } = dressed(), size = { width: node.offsetWidth || 1000, height: layout.height || 380 };
      const paper = getComputedStyle(node).getPropertyValue('--th-page').trim();
      const image = await Plotly.toImage({ data, layout: { ...layout, ...size, paper_bgcolor: paper } }, { format, scale: 2, ...size });
      const content = image.slice(image.indexOf(',') + 1);
      return format === 'svg' ? decodeURIComponent(content) : blobOf(content, 'image/png');
    },
    // A point clicked: `seen(point)`.
    clicked(seen) {
      const wait = setInterval(() => {
        if (!node.on) return;
        clearInterval(wait);
        node.on('plotly_click', ({ points }) => points[0] && seen(points[0]));
      }, 300);
    },
  };
}

const HERE = '#7a3e9d', FRONT = '#0072b2';

// The stored curve, with the best that can be had at each share and the θ of the slider.
function markedCurve(rows, at, interval) {
  rows.curve ||= curveOf(rows, null);
  const { thetas, shares, qualities } = rows.curve, front = frontOf(rows.curve);
  const word = (i) => `<b>best at this share</b><br>θ = ${thetas[i]}<br>${shareText(shares[i])} of tokens<br>${qualityText(rows, qualities[i])}`;
  return {
    layout: rows.figure.layout,
    data: [...storedTraces(rows), {
      x: front.map((i) => 100 * shares[i]), y: front.map((i) => 100 * qualities[i]), customdata: front.map((i) => thetas[i]),
      mode: 'lines', line: { color: FRONT, width: 1.5, shape: 'hv' }, name: 'best at each share, on these rows',
      hovertext: front.map(word), hoverinfo: 'text',
    }, hereMark(rows, 100 * at.share, at, interval)],
  };
}

// The slider's θ among the others; interval: of its quality, null while it is not there yet.
function hereMark(rows, x, at, interval) {
  const error = interval && { type: 'data', symmetric: false, width: 4, thickness: 1.5,
    array: [100 * (interval[1] - at.quality)], arrayminus: [100 * (at.quality - interval[0])] };
  return {
    x: [x], y: [100 * at.quality], ...(error ? { error_y: error } : {}), mode: 'markers',
    marker: { symbol: 'cross', size: 15, color: HERE, line: { width: 1.5, color: '#ffffff' } },
    name: `here, θ = ${thetaText(at.theta)}`, hoverinfo: 'text',
    hovertext: [`<b>θ = ${thetaText(at.theta)}</b><br>${shareText(at.share)} of tokens<br>${qualityText(rows, at.quality)}`],
  };
}

// Of few rows the stored bands and arms are those of resamples, and far too narrow: without them.
function storedTraces(rows) {
  if (rowsBehind(rows) >= 2 * FEW) return rows.figure.data;
  return rows.figure.data.filter(({ fill }) => fill !== 'toself').map(({ error_y: _, ...trace }) => trace);
}

function calibrationFigure(rows, found) {
  const filled = [...found.counts.keys()].filter((b) => found.counts[b]);
  const most = Math.max(...found.counts);
  const axis = (title) => ({ title: { text: title, font: { size: 13 } }, range: [0, 101], dtick: 20, fixedrange: true, automargin: true, zeroline: false });
  return {
    layout: { template: 'none', paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', height: 300, showlegend: false,
      hovermode: 'closest', margin: { l: 52, r: 12, t: 10, b: 46 }, xaxis: axis('probability of the answer, %'), yaxis: axis(`how good it is, ${rows.word}`) },
    data: [{ x: [0, 100], y: [0, 100], mode: 'lines', line: { dash: 'dash', width: 1.5, color: '#888888' }, hoverinfo: 'skip' }, {
      x: filled.map((b) => 100 * found.confidence[b]), y: filled.map((b) => 100 * found.accuracy[b]), mode: 'lines+markers',
      line: { color: FRONT, width: 1.5 }, hoverinfo: 'text',
      marker: { color: FRONT, size: filled.map((b) => 7 + 15 * Math.sqrt(found.counts[b] / most)) },
      hovertext: filled.map((b) => `${count(found.counts[b])} rows<br>probability ${(100 * found.confidence[b]).toFixed(1)} %<br>right ${(100 * found.accuracy[b]).toFixed(1)} %`),
    }],
  };
}
