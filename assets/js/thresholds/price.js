// What a θ costs: an early router leaves the second text alone in rows in which no token reads.

// For all others there is nothing to draw: whatever θ is, what could be read has been encoded.
function priceWords(rows, at) {
  if (!rows.early) return 'Every θ takes the same computation: this layer decides after it has seen what could be read.';
  return `In ${shareText(at.reading)} of the rows some token reads: only these need the second text encoded${
    at.compute == null ? '' : `, so that all rows together take ${shareText(at.compute)} of the operations of reading always`}.`;
}

// Quality by operations, at the θs of the stored curve; the flows alone as they stand there.
function priceFigure(rows, at, interval) {
  rows.prices ||= rows.entries.map(({ theta }) => pricedAt(rows, theta)).sort((a, b) => a.cost - b.cost);
  const flows = rows.figure.data.filter(({ legendgroup }) => ['merged always', 'direct alone'].includes(legendgroup));
  const { line, marker } = rows.figure.data.find(({ name }) => name === 'routed');
  const title = { text: 'operations, % of reading always', font: { size: 13 } };
  return {
    layout: { ...rows.figure.layout, height: 360, xaxis: { ...rows.figure.layout.xaxis, title } },
    data: [...flows, {
      x: rows.prices.map(({ cost }) => 100 * cost), y: rows.prices.map(({ quality }) => 100 * quality), customdata: rows.prices.map(({ theta }) => theta),
      mode: 'lines+markers', line, marker, name: 'routed', hoverinfo: 'text', hovertext: rows.prices.map((price) => pricedWords(rows, price)),
    }, hereMark(rows, 100 * at.compute, at, interval)],
  };
}

function pricedAt(rows, theta) {
  const { compute, quality } = measure(rows, statesAt(rows, theta));
  return { theta, cost: compute, quality };
}

const pricedWords = (rows, { theta, cost, quality }) =>
  `<b>routed</b><br>θ = ${thetaText(theta)}<br>${shareText(cost)} of the operations<br>${qualityText(rows, quality)}`;
