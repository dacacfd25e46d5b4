/** What outlives a reload of the page in its browser tab, and no longer: the framework reloads when it reconnects. */
const PREFIX = 'dualroute:';

/** Storage may be closed, as in some frames, or full: then nothing is remembered. */
export function remember(name: string, value: unknown): void {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    forget(name); // rather nothing than what was there before
  }
}

/** null where nothing was remembered. */
export function recall<Value>(name: string): Value | null {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name) ?? 'null') as Value | null;
  } catch {
    return null;
  }
}

export function forget(name: string): void {
  try {
    sessionStorage.removeItem(PREFIX + name);
  } catch {
    // closed: there is nothing to forget
  }
}
