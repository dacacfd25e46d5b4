/** The curve of a gate of a language model: nats per token by the share of tokens that read, beside its controls. */
import { thetaText } from '../core/format';
import { shareText } from '../core/rows/format';
import { type AtGate, type GatePart, controlCurve, mean, staticNats } from '../core/rows/gate_rows';
import { natsText } from '../core/rows/gate_words';
import type { Curve } from '../core/rows/choose';
import type { Interval } from '../core/rows/resample';
import type { Figure, Trace } from '../page/plotly';

const HERE = '#3f51b5';
const ROUTED = '#cc79a7';
const CONTEXT = '#009e73';
const QUIET = '#888888';
const POINTS = 100; // of a control's line

/** What does not change with θ. */
export function controlLines(part: GatePart): Trace[] {
  const n = part.direct.length;
  const grid = Array.from({ length: POINTS + 1 }, (_, i) => Math.round((i * n) / POINTS));
  const line = (name: string, x: number[], y: number[], color: string, dash: string): Trace => ({
    x,
    y,
    name,
    mode: 'lines',
    line: { color, dash, width: 1.8 },
    hoverinfo: 'text',
    hovertext: x.map((share, i) => `<b>${name}</b><br>${share.toFixed(1)}% of tokens<br>${natsText(y[i])} nats`),
  });
  const control = (name: string, which: 'entropy' | 'divergence' | 'oracle', color: string, dash: string) => {
    const nats = controlCurve(part, which);
    return line(name, grid.map((k) => (100 * k) / n), grid.map((k) => nats[k]), color, dash); // prettier-ignore
  };
  const shares = Array.from({ length: 41 }, (_, i) => (i / 40) ** 2); // dense where it bends
  return [
    line('random reading', [0, 100], [mean(part.direct), mean(part.merged)], QUIET, 'dash'),
    line('same mixture for all', shares.map((share) => 100 * share), shares.map((share) => mean(staticNats(part, share))), QUIET, 'dot'), // prettier-ignore
    control('entropy of the direct flow', 'entropy', '#0072b2', 'dot'),
    control('divergence of the flows', 'divergence', '#e69f00', 'dot'),
    control('oracle', 'oracle', CONTEXT, 'longdash'),
  ];
}

export function gateFigure(lines: Trace[], curve: Curve, at: AtGate, interval: Interval | null): Figure {
  const axis = (title: string) => ({
    title: { text: title, font: { size: 13 } },
    fixedrange: true,
    automargin: true,
    zeroline: false,
  });
  const routed: Trace = {
    x: curve.shares.map((share) => 100 * share),
    y: curve.qualities.map((quality) => -quality),
    customdata: curve.thetas,
    mode: 'lines',
    line: { color: ROUTED, width: 2.5, shape: 'hv' },
    name: 'the gate',
    hoverinfo: 'text',
    hovertext: curve.thetas.map(
      (theta, i) =>
        `<b>the gate</b><br>θ = ${thetaText(theta)}<br>${shareText(curve.shares[i])} of tokens<br>` +
        `${natsText(-curve.qualities[i])} nats`,
    ),
  };
  const error = interval && {
    type: 'data',
    symmetric: false,
    width: 4,
    thickness: 1.5,
    array: [interval[1] - at.nll],
    arrayminus: [at.nll - interval[0]],
  };
  const here: Trace = {
    x: [100 * at.share],
    y: [at.nll],
    ...(error ? { error_y: error } : {}),
    mode: 'markers',
    marker: { symbol: 'cross', size: 15, color: HERE, line: { width: 1.5, color: '#ffffff' } },
    name: `here, θ = ${thetaText(at.theta)}`,
    hoverinfo: 'text',
    hovertext: [`<b>θ = ${thetaText(at.theta)}</b><br>${shareText(at.share)} of tokens<br>${natsText(at.nll)} nats`],
  };
  return {
    data: [...lines, routed, here],
    layout: {
      template: 'none',
      paper_bgcolor: 'rgba(0,0,0,0)',
      plot_bgcolor: 'rgba(0,0,0,0)',
      height: 345,
      hovermode: 'closest',
      margin: { l: 52, r: 12, t: 12, b: 48 },
      legend: { orientation: 'v', x: 1.01, xanchor: 'left', y: 1, yanchor: 'top', font: { size: 12 } },
      xaxis: { ...axis('tokens that read, %'), range: [-1.5, 101.5], dtick: 20 },
      yaxis: axis('nats per token (lower is better)'),
    },
  };
}
