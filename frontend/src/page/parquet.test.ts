import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import type { Cell } from '../core/table';
import { parquetBytes } from './parquet';

const read = (file: ArrayBuffer) => parquetReadObjects({ file, utf8: true });

test('values, types and empty cells come back', async () => {
  const rows: Cell[][] = [
    ['Rain', 0.1, true, null],
    [null, 1e-300, null, null],
    ['=a,"é😀"\n', null, false, null],
  ];
  const file = parquetBytes({ columns: ['token', 'gate', 'read', 'empty'], rows });
  const named = rows.map(([token, gate, reads, empty]) => ({ token, gate, read: reads, empty }));
  expect(await read(file)).toEqual(named);
  const types = parquetMetadata(file)
    .schema.slice(1)
    .map(({ type }) => type);
  expect(types).toEqual(['BYTE_ARRAY', 'DOUBLE', 'BOOLEAN', 'DOUBLE']);
});

test('a table without rows keeps its columns', () => {
  const { schema } = parquetMetadata(parquetBytes({ columns: ['token', 'gate'], rows: [] }));
  expect(schema.slice(1).map(({ name }) => name)).toEqual(['token', 'gate']);
});

test('a column of two types is refused by its name', () => {
  expect(() => parquetBytes({ columns: ['a'], rows: [['b'], [1]] })).toThrow('the column a mixes');
});
