// Taking a view along: a link, tables, figures, a file that works without the page.
//   now() -> {p, view, outcome, label, scores, style}: what is on screen;  picture: the flow picture;  saved(withPicture);  parquet(table)
const TAKE = {
  csv: ({ p, outcome, label, scores }) => ['csv', csvOf(tableOf(p, outcome, label, scores)), 'text/csv'],
  json: ({ p, view, outcome, label, scores }) =>
    ['json', jsonOf(p, view, outcome, label, tableOf(p, outcome, label, scores)), 'application/json'],
  parquet: async ({ p, outcome, label, scores }, { parquet }) => ['parquet', await parquet(tableOf(p, outcome, label, scores))],
  'tracks-svg': (now) => ['svg', tracksOf(now), 'image/svg+xml'],
  'tracks-png': async (now) => ['png', await pngOf(tracksOf(now))],
  'flow-svg': async (now, { picture }) => ['flow.svg', await picture.file(now, 'svg'), 'image/svg+xml'],
  'flow-png': async (now, { picture }) => ['flow.png', await picture.file(now, 'png')],
  html: async (now, { saved }) => ['html', await saved(true)],
  'html-small': async (now, { saved }) => ['html', await saved(false)],
};

const tracksOf = ({ p, view, outcome, label, scores, style }) => trackFigure(p, view, outcome, label, scores, style);

function keepView(root, now, makers) {
  const field = root.querySelector('.dr-address'), link = root.querySelector('.dr-link');
  link.addEventListener('click', () => {
    const { state, cuts, left } = root.viewLink();
    copyLink(linkOf(state, cuts, left), link, field);
  });
  for (const [name, take] of Object.entries(TAKE)) {
    const node = root.querySelector(`.dr-${name}`);
    node.addEventListener('click', () => handOver(node, async () => {
      const shown = now(), [end, content, type] = await take(shown, makers);
      download(`route-${shown.p.key}.${end}`, content, type);
    }));
  }
}
