// Plotly comes with the first figure, once for the whole page.
let plotlyLoading = null;
function loadPlotly(url) {
  if (window.Plotly && window.Plotly.react) return Promise.resolve(window.Plotly);
  plotlyLoading ||= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error('plotly did not load'));
    document.head.append(script);
  });
  return plotlyLoading;
}
