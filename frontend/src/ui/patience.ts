/** Requests that end in words: every one does, after a time. */
export const NO_ANSWER = 'No answer came from the server. Check the connection.';
const PATIENCE = 60_000; // ms

/** The answer, or an Error in words where none comes in time or the connection is lost. */
export async function answered<Result>(asked: Promise<Result> | undefined, patience = PATIENCE): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(NO_ANSWER)), patience);
  });
  try {
    const result = await Promise.race([asked, late]).catch(() => undefined);
    if (result === undefined || result === null) throw new Error(NO_ANSWER); // gradio's answer to a lost connection
    const { error } = result as { error?: string };
    if (error) throw new Error(error);
    return result;
  } finally {
    clearTimeout(timer);
  }
}
