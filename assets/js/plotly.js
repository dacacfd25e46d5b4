// Plotly comes with the first figure, once for the whole page; in a saved file it lies packed (base64 of gzip).
let plotlyLoading = null;
function loadPlotly(url) {
  if (window.Plotly && window.Plotly.react) return Promise.resolve(window.Plotly);
  const packed = packedPlotly();
  return (plotlyLoading ||= packed ? unpackedPlotly(packed) : fetchedPlotly(url));
}

const packedPlotly = () => document.getElementById('packed-plotly')?.textContent;

function fetchedPlotly(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error('plotly did not load'));
    document.head.append(script);
  });
}

async function unpackedPlotly(packed) {
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  const script = document.createElement('script');
  script.textContent = await new Response(stream).text();
  document.head.append(script);
  return window.Plotly;
}
