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
