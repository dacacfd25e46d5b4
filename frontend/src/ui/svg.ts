/** Drawing in SVG. Text enters through textContent, as everywhere. */
import { clip } from '../core/format';
import { make } from './dom';

const NAMESPACE = 'http://www.w3.org/2000/svg';

export type Attributes = Record<string, string | number | undefined>;

export function svgNode(tag: string, attributes: Attributes = {}): SVGElement {
  const node: Element = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) if (value != null) node.setAttribute(name, String(value));
  return node as SVGElement;
}

export function svgText(attributes: Attributes, words: string, tag = 'text'): SVGElement {
  const node = svgNode(tag, attributes);
  node.textContent = xmlText(words);
  return node;
}

/** The outermost element, which stands on its own in a file. */
export const svgRoot = (attributes: Attributes): SVGElement => svgNode('svg', { xmlns: NAMESPACE, ...attributes });

export const svgSource = (svg: SVGElement): string => new XMLSerializer().serializeToString(svg);

/** Words in lines of at most `most` characters. */
export function wrapped(words: string, most: number): string[] {
  const lines = [''];
  for (const word of words.split(/\s+/).filter(Boolean)) {
    const line = lines[lines.length - 1];
    if (line && line.length + word.length >= most) lines.push(clip(word, most));
    else lines[lines.length - 1] = line ? `${line} ${word}` : clip(word, most);
  }
  return lines;
}

// eslint-disable-next-line no-control-regex -- these are what is looked for
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Text without the characters that no XML may hold, not even escaped. */
const xmlText = (text: string): string => text.toWellFormed().replace(NOT_XML, '\ufffd');

/** An SVG as pixels: `scale` of them to a point. */
export async function pngOf(svg: string, scale = 2): Promise<Blob> {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  await image.decode();
  const canvas = make('canvas');
  canvas.width = image.width * scale;
  canvas.height = image.height * scale;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('the picture could not be drawn'));
    }, 'image/png'),
  );
}
