/** A table as Parquet, written in the browser, so that a saved file hands it over as well. */
import { type BasicType, parquetWriteBuffer } from 'hyparquet-writer';
import type { Cell, Table } from '../core/table';

/** A column is of one type, text, boolean or float64, which an empty column has too; each has empty cells. */
const TYPES: Record<string, BasicType> = { string: 'STRING', boolean: 'BOOLEAN', number: 'DOUBLE' };

/** Raises an Error, naming the column, where it mixes types. */
export function parquetBytes({ columns, rows }: Table): ArrayBuffer {
  const columnData = columns.map((name, i) => {
    const data = rows.map((row) => row[i]);
    return { name, data, type: typeOf(name, data), nullable: true };
  });
  return parquetWriteBuffer({ columnData, createdBy: 'DualRoute Explorer' });
}

function typeOf(name: string, cells: Cell[]): BasicType {
  const types = new Set(cells.filter((cell) => cell !== null).map((cell) => typeof cell));
  if (types.size > 1) throw new Error(`the column ${name} mixes text, numbers and booleans; it must have one kind`);
  const [type = 'number'] = types;
  return TYPES[type];
}

export const parquetOf = (table: Table): Blob =>
  new Blob([parquetBytes(table)], { type: 'application/vnd.apache.parquet' });
