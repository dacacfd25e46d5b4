/** What outlives a reload of the page in its browser tab, and no longer: the framework reloads when it reconnects. */
const PREFIX = 'dualroute:';

/** Returns whether it is kept: storage may be closed, as in some frames, or full. */
export function remember(name: string, value: unknown): boolean {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
    return true;
  } catch {
    forget(name); // rather nothing than what was there before
    return false;
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

export function forgetAll(): void {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  } catch {
    // closed: there is nothing to forget
  }
}
