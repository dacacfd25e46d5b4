(async () => {
  const unpacked = (name) => {
    const bytes = Uint8Array.from(atob(document.getElementById(`packed-${name}`).textContent), (c) => c.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
  };
  for (const name of ['style', 'script']) {
    const element = document.createElement(name);
    element.textContent = await unpacked(name);
    document.head.append(element);
  }
})().catch((error) => {
  document.getElementById('views').textContent = `This file could not be opened: ${error.message}. It needs a browser of 2023 or later.`;
});
