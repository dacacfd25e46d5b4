/** What a reload must not lose: the framework loads the page anew when a lost connection comes back. */
import type { RowsPayload } from '../contracts';
import { recall, remember } from '../ui/remember';

const ROWS = 'own-rows';
const SHOWN = 'own-rows-shown';
export const KEPT = 'Your own rows were kept while the page was loaded again.';

export const keepOwnRows = (rows: RowsPayload): boolean => remember(ROWS, rows);

/** Whether they are on screen, rather than a checkpoint's. */
export const keepWhetherOwn = (shown: boolean): boolean => remember(SHOWN, shown);

/** Own rows that were on screen; null where there were none. */
export const keptOwnRows = (): RowsPayload | null => (recall<boolean>(SHOWN) ? recall<RowsPayload>(ROWS) : null);
