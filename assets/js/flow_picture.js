// The Sankey picture, drawn by plotly when it comes into view and again when the decision has come to rest.
function flowPicture(root, plotlyUrl) {
  const plot = root.querySelector('.dr-plot'), sum = root.querySelector('.dr-sum');
  let current = null, visible = false;
  new IntersectionObserver((entries) => {
    visible = entries.some((e) => e.isIntersecting);
    if (visible) draw();
  }, { rootMargin: '200px' }).observe(plot);

  const draw = async () => {
    if (!current || !visible || !current.p.answers || plot.matches('.no-plotly')) return;
    const Plotly = await loadPlotly(plotlyUrl);
    if (!plot.clientWidth) return; // another tab was opened meanwhile: there is no width to draw in
    const { p, outcome, label } = current;
    const links = flowLinks(p, outcome, label);
    const { data, layout } = sankey(p, links, label, getComputedStyle(root), plot.clientWidth);
    await Plotly.react(plot, data, layout, { responsive: true, displayModeBar: false });
    plot.setAttribute('aria-label', 'Flow picture. ' + sum.textContent);
  };
  return {
    update(p, outcome, label) {
      current = { p, outcome, label };
      sum.textContent = p.answers ? exactSum(p, outcome, label) : '';
      draw();
    },
    redraw: draw,
    // The picture of what is on screen as an image: SVG text, or a PNG blob.
    async file({ p, outcome, label }, format) {
      const Plotly = await loadPlotly(plotlyUrl), style = getComputedStyle(root);
      const width = plot.clientWidth || 1000;
      const { data, layout } = sankey(p, flowLinks(p, outcome, label), label, style, width);
      const size = { width, height: layout.height };
      const paper = style.getPropertyValue('--dr-page').trim();
      const url = await Plotly.toImage({ data, layout: { ...layout, ...size, paper_bgcolor: paper } }, { format, scale: 2, ...size });
      const content = url.slice(url.indexOf(',') + 1);
      return format === 'svg' ? decodeURIComponent(content) : blobOf(content, 'image/png');
    },
  };
}

function exactSum(p, outcome, label) {
  let up = 0, down = 0;
  for (const { value } of flowTerms(p, outcome, label).all) value > 0 ? (up += value) : (down -= value);
  const bias = p.biasOf(label), total = bias + up - down, residual = p.scoreOf(outcome, label) - total;
  return `Score of ${quoted(p, label)}: ${signed(bias, 3)} (bias) + ${up.toFixed(3)} for − ${down.toFixed(3)} ` +
    `against = ${total.toFixed(3)}. Residual ${Math.abs(residual) < 5e-7 ? '0' : residual.toExponential(1)}.`;
}

const NARROW_PICTURE = 560; // px: names of both sides would meet in the middle

function sankey(p, links, label, style, width) {
  const ids = [...new Set(links.flatMap((l) => [l.source, l.target]))].sort((a, b) => rank(a) - rank(b));
  const tone = (name) => style.getPropertyValue(name).trim();
  const color = (l) => !l.positive ? tone('--dr-down-soft') : l.source === 'own' ? tone('--dr-direct-soft')
    : l.source[0] === 'c' ? tone('--dr-merged-soft') : tone('--dr-up-soft');
  const node = {
    label: ids.map((id) => nodeName(p, id, label, width < NARROW_PICTURE)),
    color: ids.map((id) => id === 'own' ? tone('--dr-direct') : id[0] === 'c' ? tone('--dr-merged')
      : id === 'for' ? tone('--dr-up') : id === 'against' ? tone('--dr-down') : '#888888'),
    pad: 11, thickness: 12, line: { width: 0 },
    hovertemplate: '%{label}: %{value:.3f}<extra></extra>',
  };
  const link = {
    source: links.map((l) => ids.indexOf(l.source)), target: links.map((l) => ids.indexOf(l.target)),
    value: links.map((l) => l.value), color: links.map(color),
    customdata: links.map((l) => l.positive ? 'for' : 'against'),
    hovertemplate: '%{source.label} → %{target.label}: %{value:.3f} %{customdata}<extra></extra>',
  };
  const rows = Math.max(8, ids.filter((id) => id[0] === 't').length, ids.filter((id) => id[0] === 'c').length);
  const layout = {
    height: Math.min(720, 120 + 24 * rows), margin: { l: 8, r: 8, t: 12, b: 12 },
    font: { color: tone('--dr-text'), size: 12, family: 'system-ui, sans-serif' },
    paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)',
  };
  return { data: [{ type: 'sankey', arrangement: 'snap', node, link }], layout };
}

const rank = (id) => ({ own: -1, 'c+': 9999, 't+': 29999, for: 40000, against: 40001 })[id]
  ?? (id[0] === 'c' ? 0 : 10000) + Number(id.slice(1));

function nodeName(p, id, label, narrow) {
  const plain = (text) => clip(text.replace(/^##/, '·'), narrow ? 14 : p.contextKind === 'items' ? 30 : 18).replace(/&/g, '&amp;').replace(/</g, '&lt;');
  if (id === 'own') return `the ${p.xName} itself`;
  if (id === 'c+' || id === 't+') return narrow ? 'all others' : `rest of the ${id === 'c+' ? p.hName : p.xName}`;
  if (id === 'for') return plain(`for ${p.nameOf(label)}`);
  if (id === 'against') return plain(`against ${p.nameOf(label)}`);
  return plain(id[0] === 't' ? p.tokens[+id.slice(1)] : p.contextTokens[+id.slice(1)]);
}
