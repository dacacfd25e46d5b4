// Evaluation rows in a file of their own. `thresholds`: the page's scripts.
const rowsData = savedData();
document.title = `Thresholds of ${rowsData.rows.title} – DualRoute Explorer`;
run(thresholds, savedPart(savedSection(''), 'thresholds', 'rows'),
  { value: { names: [[rowsData.rows.name, rowsData.rows.title]], most: 0 }, held: rowsData });
