/** The context as running text: its tokens where they stand in h, with what stands between them. */

export interface PlacedToken {
  /** What stands before it. */
  gap: string;
  text: string;
}

/** A token that cannot be found in h, as one for an unknown character, stands as it is. */
export function placedTokens(h: string, tokens: string[]): PlacedToken[] {
  const lower = h.toLowerCase();
  const text = lower.length === h.length ? lower : h;
  let at = 0;
  return tokens.map((token, s) => {
    const piece = token.replace(/^##/, '');
    const from = text.indexOf(text === h ? piece : piece.toLowerCase(), at);
    const gap = from < 0 ? '' : h.slice(at, from);
    // A long gap of words would be another occurrence further on.
    if (from < 0 || (/\S/.test(gap) && gap.length > 3))
      return { gap: s && !token.startsWith('##') ? ' ' : '', text: piece };
    at = from + piece.length;
    return { gap, text: h.slice(from, at) };
  });
}
