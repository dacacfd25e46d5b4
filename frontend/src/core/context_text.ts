/** The context as running text: its tokens where they stand in h, with what stands between them. */

export interface PlacedToken {
  /** What stands before it. */
  gap: string;
  text: string;
}

const FAR = 40; // characters that tokens which are not found may stand for

/**
 * A token that is not in h stands for what is between its neighbours, as one for an unknown character does; else it
 * stands as it is.
 */
export function placedTokens(h: string, tokens: string[]): PlacedToken[] {
  const lower = h.toLowerCase();
  const folds = lower.length === h.length; // else places in it are none in h
  const placed: PlacedToken[] = [];
  let at = 0;
  let unknown = -1; // the first token since the last one that was found
  tokens.forEach((token, s) => {
    const piece = token.replace(/^##/, '');
    const from = folds ? lower.indexOf(piece.toLowerCase(), at) : h.indexOf(piece, at);
    const between = from < 0 ? '' : h.slice(at, from);
    if (from < 0 || (/\S/.test(between) && (unknown < 0 || between.length > FAR))) {
      placed.push({ gap: s && !token.startsWith('##') ? ' ' : '', text: piece });
      if (unknown < 0) unknown = s;
      return;
    }
    const meant = between.trim();
    if (unknown >= 0 && meant) placed[unknown] = { gap: between.slice(0, between.indexOf(meant)), text: meant };
    for (let other = unknown + 1; unknown >= 0 && meant && other < s; other++) placed[other] = { gap: '', text: '' };
    const gap = unknown >= 0 && meant ? between.slice(between.indexOf(meant) + meant.length) : between;
    at = from + piece.length;
    unknown = -1;
    placed.push({ gap, text: h.slice(from, at) });
  });
  return placed;
}
