/** Times and measured numbers as the page writes them. */

/** How long something takes, roughly. */
export function durationWords(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  if (seconds < 50) return `about ${Math.round(seconds)} s`;
  return `about ${Math.max(1, Math.round(seconds / 60))} min`;
}

/** In digits, never as a power of ten: three digits that count, at most six decimals, and thousands grouped. */
export function plainNumber(value: number): string {
  const size = Math.abs(value);
  const digits = size === 0 ? 0 : Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(size))));
  const text = size.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return value < 0 && Number(size.toFixed(digits)) > 0 ? `−${text}` : text;
}
