/** The curve, the price and the reliability of rows at a θ. */
import { capital, percentage, thetaText } from '../core/format';
import { frontOf } from '../core/rows/choose';
import { qualityText, rowsText, shareText } from '../core/rows/format';
import { FEW, rowsBehind } from '../core/rows/intervals';
import type { Calibration } from '../core/rows/measure';
import type { Interval } from '../core/rows/resample';
import type { Rows } from '../core/rows/rows';
import type { AtTheta } from '../core/rows/words';
import type { Figure, Trace } from '../page/plotly';
import type { Price, Study } from './study';

const HERE = '#3f51b5';
const FRONT = '#0072b2';

const storedFigure = (rows: Rows) => rows.figure as unknown as Figure;

/** The stored curve, with the best that can be had at each share and the θ of the slider. */
export function curveFigure(study: Study, at: AtTheta, interval: Interval | null): Figure {
  const { rows } = study;
  const curve = study.curve();
  const { thetas, shares, qualities } = curve;
  const front = frontOf(curve);
  const words = (i: number) =>
    `<b>best at this share</b><br>θ = ${thetas[i]}<br>${shareText(shares[i])} of tokens<br>${qualityText(rows, qualities[i])}`;
  const best: Trace = {
    x: front.map((i) => 100 * shares[i]),
    y: front.map((i) => 100 * qualities[i]),
    customdata: front.map((i) => thetas[i]),
    mode: 'lines',
    line: { color: FRONT, width: 1.5, shape: 'hv' },
    name: 'best at each share, on these rows',
    hovertext: front.map(words),
    hoverinfo: 'text',
  };
  return {
    layout: besideLegend(storedFigure(rows).layout),
    data: [...storedTraces(rows), best, hereMark(rows, 100 * at.share, at, interval)],
  };
}

/** So low that the slider stands on the same screen. */
const besideLegend = (layout: Figure['layout']): Figure['layout'] => ({
  ...layout,
  height: 345,
  legend: { orientation: 'v', x: 1.01, xanchor: 'left', y: 1, yanchor: 'top', font: { size: 12 } },
});

/** Quality by operations, at the θs of the stored curve; the flows alone as they stand there. */
export function priceFigure(study: Study, at: AtTheta, interval: Interval | null): Figure {
  const { rows } = study;
  const { data, layout } = storedFigure(rows);
  const prices = study.prices();
  const flows = data.filter(({ legendgroup }) => legendgroup === 'full context' || legendgroup === 'without context');
  const { line, marker } = data.find(({ name }) => name === 'routed') ?? {};
  const words = ({ theta, cost, quality }: Price) =>
    `<b>routed</b><br>θ = ${thetaText(theta)}<br>${shareText(cost)} of the operations<br>${qualityText(rows, quality)}`;
  const routed: Trace = {
    x: prices.map(({ cost }) => 100 * cost),
    y: prices.map(({ quality }) => 100 * quality),
    customdata: prices.map(({ theta }) => theta),
    mode: 'lines+markers',
    line,
    marker,
    name: 'routed',
    hoverinfo: 'text',
    hovertext: prices.map(words),
  };
  const title = { text: 'operations, % of full context', font: { size: 13 } };
  return {
    layout: { ...layout, height: 360, xaxis: { ...(layout.xaxis as object), title } },
    data: [...flows, routed, hereMark(rows, 100 * (at.compute ?? 1), at, interval)],
  };
}

/** The slider's θ among the others; interval: of its quality, null while it is not there yet. */
function hereMark(rows: Rows, x: number, at: AtTheta, interval: Interval | null): Trace {
  const error = interval && {
    type: 'data',
    symmetric: false,
    width: 4,
    thickness: 1.5,
    array: [100 * (interval[1] - at.quality)],
    arrayminus: [100 * (at.quality - interval[0])],
  };
  const theta = `θ = ${thetaText(at.theta)}`;
  return {
    x: [x],
    y: [100 * at.quality],
    ...(error ? { error_y: error } : {}),
    mode: 'markers',
    marker: { symbol: 'cross', size: 15, color: HERE, line: { width: 1.5, color: '#ffffff' } },
    name: `here, ${theta}`,
    hoverinfo: 'text',
    hovertext: [`<b>${theta}</b><br>${shareText(at.share)} of tokens<br>${qualityText(rows, at.quality)}`],
  };
}

/** Of few rows the stored bands and arms are those of resamples, and far too narrow: without them. */
function storedTraces(rows: Rows): Trace[] {
  const { data } = storedFigure(rows);
  if (rowsBehind(rows) >= 2 * FEW) return data;
  return data.filter(({ fill }) => fill !== 'toself').map(({ error_y: _error, ...trace }) => trace);
}

export function reliabilityFigure(
  { word: metric, percent }: Rows,
  { counts, confidence, accuracy }: Calibration,
): Figure {
  const bins = [...counts.keys()].filter((b) => counts[b]);
  const most = Math.max(...counts);
  const axis = (title: string) => ({
    title: { text: title, font: { size: 13 } },
    range: [0, 101],
    dtick: 20,
    fixedrange: true,
    automargin: true,
    zeroline: false,
  });
  const word = capital(metric) + (percent ? ', %' : '');
  const words = (b: number) =>
    `${rowsText(counts[b])}<br>probability ${percentage(confidence[b])}<br>right ${percentage(accuracy[b])}`;
  return {
    layout: {
      template: 'none',
      paper_bgcolor: 'rgba(0,0,0,0)',
      plot_bgcolor: 'rgba(0,0,0,0)',
      height: 300,
      showlegend: false,
      hovermode: 'closest',
      margin: { l: 52, r: 12, t: 10, b: 46 },
      xaxis: axis('probability of the answer, %'),
      yaxis: axis(word),
    },
    data: [
      {
        x: [0, 100],
        y: [0, 100],
        mode: 'lines',
        line: { dash: 'dash', width: 1.5, color: '#888888' },
        hoverinfo: 'skip',
      },
      {
        x: bins.map((b) => 100 * confidence[b]),
        y: bins.map((b) => 100 * accuracy[b]),
        mode: 'lines+markers',
        line: { color: FRONT, width: 1.5 },
        hoverinfo: 'text',
        marker: { color: FRONT, size: bins.map((b) => 7 + 15 * Math.sqrt(counts[b] / most)) },
        hovertext: bins.map(words),
      },
    ],
  };
}
