/** Fields with a list of choices. */
import { option } from '../ui/dom';

/** Offers entries of [value, words]; what was chosen before stays chosen where it still exists. */
export function setOptions(select: HTMLSelectElement, entries: [string | number, string][], value?: string): void {
  const before = value ?? select.value;
  select.replaceChildren(...entries.map(([name, words]) => option(name, words)));
  if (hasOption(select, before)) select.value = before;
}

export const hasOption = (select: HTMLSelectElement, value: string): boolean =>
  [...select.options].some((node) => node.value === value);
