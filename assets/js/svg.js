// Drawing in SVG with the page's own colours. Text enters through textContent, as everywhere.
const SVG = 'http://www.w3.org/2000/svg';

function svgNode(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

// style: computed style of the inspector, where the colours of the theme stand.
function svgPen(style) {
  const tone = (name) => style.getPropertyValue(`--dr-${name}`).trim();
  const bar = (parent, box, share, y, fill) => parent.append(svgNode('rect', {
    class: 'bar', x: box.x + 1, y, width: Math.max(0, box.width - 2), height: share * box.height, fill,
  }));
  const within = (share) => Math.min(1, Math.max(-1, share || 0));
  return {
    tone,
    flow: (name) => (name === 'mixed' ? tone('quiet') : tone(name)),
    onFlow: (name) => (name === 'direct' || name === 'merged' ? tone(`on-${name}`) : name === 'mixed' ? tone('page') : '#08131c'),
    rise: (parent, box, share, fill) => bar(parent, box, within(share), box.y + box.height * (1 - within(share)), fill),
    lean(parent, box, share, fill) {
      const part = within(share) / 2, middle = box.y + box.height / 2;
      parent.append(svgNode('line', { x1: box.x, x2: box.x + box.width, y1: middle, y2: middle, stroke: tone('line') }));
      bar(parent, box, Math.abs(part), part > 0 ? middle - part * box.height : middle, fill);
    },
    text(parent, words, x, y, { anchor = 'start', fill, weight = 400, size, family, transform } = {}) {
      const given = { 'font-size': size, 'font-family': family, transform }, node = svgNode('text', {
        x, y, fill, 'text-anchor': anchor, 'font-weight': weight,
        ...Object.fromEntries(Object.entries(given).filter(([, value]) => value != null)),
      });
      node.textContent = xmlText(words);
      parent.append(node);
      return node;
    },
    // Lines of words below each other; the y of the last one.
    words(parent, words, y, size, weight, fill = tone('text')) {
      const lines = wrapped(words, Math.floor((1100 - 24) / (size * 0.56)));
      lines.forEach((line, i) => this.text(parent, line, 12, y + i * size * 1.35, { fill, weight, size }));
      return y + (lines.length - 1) * size * 1.35;
    },
  };
}

function wrapped(words, most) {
  const lines = [''];
  for (const word of words.split(/\s+/).filter(Boolean)) {
    const line = lines[lines.length - 1];
    if (line && line.length + word.length >= most) lines.push(clip(word, most));
    else lines[lines.length - 1] = line ? `${line} ${word}` : clip(word, most);
  }
  return lines;
}

// Characters that no XML may hold, not even escaped.
const xmlText = (text) => text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');

// An SVG as pixels: `scale` of them to a point.
async function pngOf(svg, scale = 2) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  await image.decode();
  const canvas = make('canvas');
  canvas.width = image.width * scale;
  canvas.height = image.height * scale;
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}
