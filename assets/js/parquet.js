// A table as Parquet, {columns, rows} as for CSV: the server writes the file, for no browser can, and keeps nothing.
function parquetWriter(send, patience = 60000) {
  const waiting = new Map();
  let count = 0;
  const settle = ({ id, file, error }) => {
    const wish = waiting.get(id);
    if (!wish) return;
    waiting.delete(id);
    clearTimeout(wish.timer);
    file ? wish.resolve(blobOf(file, 'application/vnd.apache.parquet')) : wish.reject(new Error(error || 'no file came'));
  };
  return {
    arrived: (answer) => answer && settle(answer),
    file: ({ columns, rows }) => new Promise((resolve, reject) => {
      const id = ++count, timer = setTimeout(() => settle({ id, error: 'no answer came from the server' }), patience);
      waiting.set(id, { resolve, reject, timer });
      send({ id, columns, rows });
    }),
  };
}
