/** Evaluation rows in a file of their own. */
import { type SavedRows, mountSavedRows } from '../thresholds/mount';
import { followSystemTheme, savedData, savedHost, savedPart, savedSection, savedTitle } from './frame';

export function openRows(): void {
  followSystemTheme();
  const saved = savedData<SavedRows>();
  const { name, title } = saved.rows;
  savedTitle(`Thresholds of ${title}`);
  const element = savedPart(savedSection(''), 'thresholds', 'rows');
  void mountSavedRows(savedHost(element, { value: { names: [[name, title]], most: 0 } }), saved);
}
