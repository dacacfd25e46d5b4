// Handing over a file, and saying so.
function download(name, content, type) {
  const link = make('a');
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// What a button did stands on it for a moment.
function said(node, word) {
  const before = (node.dataset.word ||= node.textContent);
  node.textContent = word;
  clearTimeout(node.timer);
  node.timer = setTimeout(() => (node.textContent = before), word.length > 30 ? 4000 : 1500);
}

// While a button's file is made the button rests; if none comes it says why.
async function handOver(node, makeFile) {
  node.disabled = true;
  try {
    await makeFile();
  } catch (error) {
    said(node, `Not saved: ${error.message}`);
  }
  node.disabled = false;
}

// Base64 of a blob, as a `data:` address carries it.
function base64Of(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

const blobOf = (base64, type) => new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], { type });

// A page in one file: the parts that the server hands out, with the data between them and plotly if its address is given.
async function fileOf([before, between, after], data, plotlyUrl) {
  const packed = plotlyUrl ? await packedFrom(plotlyUrl) : '';
  return new Blob([before, JSON.stringify(data).replace(/</g, '\\u003c'), between, packed, after], { type: 'text/html' });
}

async function packedFrom(url) {
  const { body } = await fetch(url);
  return base64Of(await new Response(body.pipeThrough(new CompressionStream('gzip'))).blob());
}

// A table {columns, rows} as text.
function csvOf({ columns, rows }) {
  const cell = (value) => {
    const text = value == null ? '' : String(value);
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) && isNaN(text) ? `'${text}` : text; // a spreadsheet would run it
    return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  return [columns, ...rows].map((row) => row.map(cell).join(',')).join('\n') + '\n';
}
