import type { FileHandle } from 'node:fs/promises';

const PIECE_BYTES = 256 * 1024;

/**
 * The bytes `start`…`end` (inclusive) of an open file, read when asked for. The file is closed and `onClose` called
 * once: at the end, on an error, or when the reader goes away.
 */
export function fileStream(
  file: FileHandle,
  { start, end }: { start: number; end: number },
  onClose: () => void,
): ReadableStream<Uint8Array> {
  let at = start;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= file.close().finally(onClose);
    return closing;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const length = Math.min(PIECE_BYTES, end + 1 - at);
          if (length > 0) {
            const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, at);
            if (bytesRead === 0) throw new Error('file is shorter than it was');
            at += bytesRead;
            controller.enqueue(buffer.subarray(0, bytesRead));
          }
        } catch (error) {
          await close();
          throw error;
        }
        if (at > end) {
          await close();
          controller.close();
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
