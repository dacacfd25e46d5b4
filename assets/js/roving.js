// Arrow keys move among buttons, columns of rows; only one of them is in the tab order.
function roving(grid, table) {
  const place = { column: 0, row: 0 };
  table.flat().forEach((b) => (b.tabIndex = -1));
  let current = table.length ? table[0][0] : null;
  if (current) current.tabIndex = 0;
  grid.onkeydown = (event) => {
    const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (!step || !table.length) return;
    event.preventDefault();
    place.column = Math.min(table.length - 1, Math.max(0, place.column + step[0]));
    place.row = Math.min(table[0].length - 1, Math.max(0, place.row + step[1]));
    focusOn(table[place.column][place.row]);
  };
  grid.onfocusin = (event) => {
    const column = table.findIndex((buttons) => buttons.includes(event.target));
    if (column < 0) return;
    place.column = column;
    place.row = table[column].indexOf(event.target);
    if (current) current.tabIndex = -1;
    current = event.target;
    current.tabIndex = 0;
  };
}

function focusOn(node) {
  node.tabIndex = 0;
  node.focus();
}
