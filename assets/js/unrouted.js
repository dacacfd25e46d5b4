// What stands in the boxes may not be what is shown: then a line says so, until it is routed.
function unroutedText(root) {
  const told = root.querySelector('.dr-unrouted'), typed = (name) => document.querySelector(`#${name} textarea`)?.value ?? '';
  const boxes = (p) => (p.contextKind === 'image' ? [typed('x')] : [typed('x'), typed('h')]);
  let p = null, routed = '';
  document.addEventListener('input', ({ target }) => {
    if (!p || !target.closest?.('#x, #h')) return;
    const now = boxes(p), shown = [p.x, p.h].slice(0, now.length);
    told.hidden = [routed, JSON.stringify(shown)].includes(JSON.stringify(now));
  });
  return {
    // The answer to what stood in the boxes; what the model took of it may be another text, without its odd characters.
    arrived(payload) {
      p = payload;
      routed = JSON.stringify(boxes(p));
      told.hidden = true;
    },
  };
}
