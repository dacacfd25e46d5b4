// Small helpers. Text reaches the page only through textContent: tokens are whatever people typed.
const make = (tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text != null) node.textContent = text;
  return node;
};
// Setting a text or a title costs layout even where nothing changes; while θ is dragged that is every frame.
const setText = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};
const button = (className, text) => {
  const node = make('button', className, text);
  node.type = 'button';
  return node;
};
const percent = (value) => {
  const shown = 100 * value;
  return (shown > 0 && shown < 1 ? '<1' : shown > 99 && shown < 100 ? '>99' : Math.round(shown)) + ' %';
};
const signed = (value, digits = 2) => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(digits);
const clip = (text, length = 24) => (text.length > length ? text.slice(0, length - 1) + '…' : text);
const quote = (token) => '“' + clip(token.replace(/^##/, '·')) + '”';
