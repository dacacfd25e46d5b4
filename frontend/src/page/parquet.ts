/** A table as Parquet: the server writes the file, for no browser can, and keeps nothing. */
import type { TableFile } from '../contracts';
import type { Table } from '../core/table';
import type { Answer, Host } from './component';
import { blobOf } from './files';

const PATIENCE = 60_000;

export interface ParquetWriter {
  file(table: Table): Promise<Blob>;
}

export interface ParquetProps {
  parquet?: Answer<TableFile> | null;
}

interface Waiting {
  resolve: (file: Blob) => void;
  reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}

export function parquetWriter(host: Host<ParquetProps>): ParquetWriter {
  const waiting = new Map<number, Waiting>();
  let count = 0;
  const settle = ({ id, file, error }: { id?: unknown; file?: string; error?: string }) => {
    const request = waiting.get(id as number);
    if (!request) return;
    waiting.delete(id as number);
    clearTimeout(request.timer);
    if (file) request.resolve(blobOf(file, 'application/vnd.apache.parquet'));
    else request.reject(new Error(error || 'no file came'));
  };
  host.watch('parquet', () => {
    if (host.props.parquet) settle(host.props.parquet);
  });
  return {
    file: ({ columns, rows }) =>
      new Promise((resolve, reject) => {
        const id = ++count;
        const timer = setTimeout(() => settle({ id, error: 'no answer came from the server' }), PATIENCE);
        waiting.set(id, { resolve, reject, timer });
        host.trigger('as_parquet', { id, columns, rows });
      }),
  };
}
