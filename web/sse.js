/**
 * Server-sent events read from a `fetch` body: EventSource cannot POST.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 *
 * @typedef {{ event: string, data: string }} SseEvent
 */

/** Turns pieces of text, cut anywhere, into events. What has no closing blank line is never an event. */
export class SseParser {
  #rest = '';
  #event = '';
  /** @type {string[]} */
  #data = [];

  /**
   * @param {string} text
   * @returns {SseEvent[]} the events that this piece completes
   */
  push(text) {
    // A CR at the very end may be the first half of a CRLF: it waits for what follows.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line));
  }

  /**
   * @param {string} line
   * @returns {SseEvent[]}
   */
  #line(line) {
    if (line === '') return this.#dispatch();
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') this.#event = value;
    if (field === 'data') this.#data.push(value);
    return [];
  }

  #dispatch() {
    const events = this.#data.length ? [{ event: this.#event || 'message', data: this.#data.join('\n') }] : [];
    this.#event = '';
    this.#data = [];
    return events;
  }
}

/**
 * Events of a response body. Leaving the loop early cancels the body.
 *
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body UTF-8
 * @returns {AsyncGenerator<SseEvent, void, void>}
 */
export async function* sseEvents(body) {
  const parser = new SseParser();
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield* parser.push(piece.value);
  } finally {
    // A body that already failed refuses to be cancelled; its own error is the one to report.
    reader.cancel().catch(() => {});
  }
}
