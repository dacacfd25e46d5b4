/** One answer of a language model in a file of its own. */
import { clip } from '../core/format';
import { mountLanguage } from '../language/mount';
import { type SavedAnswer, savedStart } from '../language/saver';
import { followSystemTheme, savedData, savedHost, savedPart, savedSection, savedTitle } from './frame';

export function openLanguage(): void {
  followSystemTheme();
  const saved = savedData<SavedAnswer>();
  savedTitle(clip(saved.written?.payload?.prompt ?? 'An answer', 60));
  const element = savedPart(savedSection(''), 'language', 0);
  for (const node of element.querySelectorAll('textarea')) node.readOnly = true;
  mountLanguage(savedHost(element, { value: savedStart(saved), decision: saved.decision }));
}
