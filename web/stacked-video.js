const VERTEX = `
  attribute vec2 corner;
  varying vec2 place;
  void main() {
    place = vec2(corner.x, 1.0 - corner.y);
    gl_Position = vec4(2.0 * corner - 1.0, 0.0, 1.0);
  }`;

/** Colours from the upper half, how much of them is seen from the lower; the browser wants them multiplied already. */
const FRAGMENT = `
  precision mediump float;
  uniform sampler2D picture;
  varying vec2 place;
  void main() {
    float seen = texture2D(picture, vec2(place.x, 0.5 + 0.5 * place.y)).r;
    vec3 colour = texture2D(picture, vec2(place.x, 0.5 * place.y)).rgb;
    gl_FragColor = vec4(colour * seen, seen);
  }`;

const TEXTS = new Map([
  ['en', { sound: 'Play with sound', mute: 'Play' }],
  ['ru', { sound: 'Включить звук', mute: 'Включить' }],
  ['kk', { sound: 'Дыбысты қосу', mute: 'Қосу' }],
]);

const template = document.createElement('template');
template.innerHTML = `
  <canvas></canvas>
  <video preload="auto" aria-hidden="true"></video>
  <button part="play" type="button" hidden></button>`;

// The video is laid out, though never seen: browsers hold back what autoplays where it takes no place in the page.
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { display: inline-block; position: relative; }
  :host([hidden]) { display: none; }
  canvas { display: block; width: 100%; height: 100%; object-fit: contain; }
  video { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0; pointer-events: none; }
  button { position: absolute; inset: auto 0 8%; margin: auto; width: fit-content; height: fit-content; max-width: 100%;
    padding: .8em 1.4em; border: 0; border-radius: 2em; font: 600 1rem/1.2 system-ui, sans-serif; cursor: pointer;
    color: #fff; background: rgb(0 0 0 / .72); box-shadow: 0 .2em 1em rgb(0 0 0 / .3); }
  button[hidden] { display: none; }
  button::before { content: '▶' / ''; margin-inline-end: .6em; }
  button:focus-visible { outline: .2em solid #fff; outline-offset: .15em; }`);

/**
 * `<stacked-video src="…">`: plays a video of the format `stacked-mp4`, whose upper half are the colours and whose lower
 * half says where they are seen (white), as a transparent picture. For browsers that play no transparent WebM.
 *
 * Attributes: `src`, `muted`, `loop`, `autoplay`, as of `<video>`; `lang`, of the play button, which is there where `autoplay`
 * is refused (browsers let only a `muted` video play by itself). Part: `play`. `video` is the element that plays: its methods
 * and events are the player's.
 */
export class StackedVideo extends HTMLElement {
  static observedAttributes = ['src', 'muted', 'loop', 'autoplay'];

  #canvas;
  #button;
  /** @type {((video: HTMLVideoElement) => void) | undefined} */ #draw;
  #next = 0;
  /** Whether the file is still to start by itself, if `autoplay` says so. */
  #due = false;
  /** Whether pause() was called before anything of the file was there. */
  #held = false;
  /** Whether it was playing when it left the page. */
  #left = false;
  #sight = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.#start());

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    root.append(template.content.cloneNode(true));
    this.#canvas = /** @type {HTMLCanvasElement} */ (root.querySelector('canvas'));
    this.#button = /** @type {HTMLButtonElement} */ (root.querySelector('button'));
    /** Plays the file; never seen itself. */
    this.video = /** @type {HTMLVideoElement} */ (root.querySelector('video'));
    // Readable through a canvas on the site that embeds us; inline on phones; no other place for half a picture.
    Object.assign(this.video, { crossOrigin: 'anonymous', playsInline: true, disableRemotePlayback: true });
    this.video.disablePictureInPicture = true;
    for (const type of ['loadeddata', 'seeked', 'playing']) this.video.addEventListener(type, () => this.#paint());
    this.video.addEventListener('loadedmetadata', () => {
      this.#due = !this.#held && this.video.paused;
      this.#held = false;
      this.#autoplay();
    });
    for (const type of ['play', 'emptied']) this.video.addEventListener(type, () => this.#settle());
    this.#button.addEventListener('click', () => this.video.play().catch(() => {}));
  }

  connectedCallback() {
    // The browser pauses what left the page, but not what was only moved.
    this.#due ||= this.#left && this.video.paused;
    this.#left = false;
    this.#paint();
    this.#autoplay();
  }

  disconnectedCallback() {
    this.#sight.disconnect();
    this.#left = !this.video.paused && !this.video.ended;
  }

  /**
   * @param {string} name
   * @param {string | null} _before
   * @param {string | null} value
   */
  attributeChangedCallback(name, _before, value) {
    // Not passed on: the video would be refused without a word.
    if (name === 'autoplay') {
      if (value === null) this.#button.hidden = true;
      this.#autoplay();
      return;
    }
    if (name === 'src') this.#held = false;
    if (value === null) this.video.removeAttribute(name);
    else this.video.setAttribute(name, value);
    if (name !== 'muted') return;
    const playing = !this.video.paused;
    this.video.muted = value !== null;
    // A browser that allowed the picture alone stops it here.
    this.#due ||= playing && this.video.paused;
    this.#autoplay();
  }

  /** @returns {Promise<void>} as of `<video>` */
  play() {
    return this.video.play();
  }

  pause() {
    this.#held = this.video.readyState === HTMLMediaElement.HAVE_NOTHING;
    this.#settle();
    this.video.pause();
  }

  /** Nothing is to start by itself any more. */
  #settle() {
    this.#due = false;
    this.#left = false;
    this.#button.hidden = true;
    this.#sight.disconnect();
  }

  get #startsItself() {
    return this.#due && this.isConnected && this.hasAttribute('autoplay');
  }

  /** Starts what is due: sound at once, a mute picture as soon as it is seen. */
  #autoplay() {
    this.#sight.disconnect();
    if (!this.#startsItself) return;
    if (this.video.muted) this.#sight.observe(this);
    else this.#start();
  }

  /** Where the browser wants a person's click first, a button asks for it. */
  async #start() {
    this.#sight.disconnect();
    if (!this.#startsItself) return;
    try {
      await this.video.play();
    } catch (error) {
      const refused = error instanceof DOMException && error.name === 'NotAllowedError';
      if (refused && this.#startsItself) this.#ask();
    }
  }

  #ask() {
    const around = /** @type {HTMLElement | null} */ (this.closest('[lang]'))?.lang;
    const codes = [around, navigator.language, 'en'].map((tag) => tag?.slice(0, 2).toLowerCase() ?? '');
    const texts = TEXTS.get(codes.find((code) => TEXTS.has(code)) ?? '');
    this.#button.textContent = texts?.[this.video.muted ? 'mute' : 'sound'] ?? '';
    this.#button.hidden = false;
  }

  /** Shows the frame of now, and those after it while the video plays. */
  #paint() {
    cancelAnimationFrame(this.#next);
    const { videoWidth, videoHeight, readyState, paused, ended } = this.video;
    if (readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && videoWidth > 0) {
      const height = videoHeight / 2;
      if (this.#canvas.width !== videoWidth || this.#canvas.height !== height) {
        Object.assign(this.#canvas, { width: videoWidth, height });
      }
      this.#draw ??= painterOf(this.#canvas);
      this.#draw(this.video);
    }
    if (!paused && !ended && this.isConnected) this.#next = requestAnimationFrame(() => this.#paint());
  }
}

/**
 * Draws stacked pictures on a canvas: by the graphics card, or pixel by pixel where the browser has none to give.
 *
 * @param {HTMLCanvasElement} canvas
 * @returns {(video: HTMLVideoElement) => void}
 */
function painterOf(canvas) {
  const gl = canvas.getContext('webgl', { premultipliedAlpha: true, preserveDrawingBuffer: true });
  if (gl) return cardPainter(gl);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser draws on no canvas');
  return (video) => {
    const { width, height } = canvas;
    context.drawImage(video, 0, height, width, height, 0, 0, width, height);
    const matte = context.getImageData(0, 0, width, height).data;
    context.drawImage(video, 0, 0, width, height, 0, 0, width, height);
    const picture = context.getImageData(0, 0, width, height);
    for (let red = 0; red < matte.length; red += 4) picture.data[red + 3] = matte[red] ?? 0;
    context.putImageData(picture, 0, 0);
  };
}

/**
 * @param {WebGLRenderingContext} gl
 * @returns {(video: HTMLVideoElement) => void}
 */
function cardPainter(gl) {
  const program = gl.createProgram();
  for (const [type, source] of /** @type {const} */ ([
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(type));
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
  const corner = gl.getAttribLocation(program, 'corner');
  gl.enableVertexAttribArray(corner);
  gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
  for (const way of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, way, gl.LINEAR);
  return (video) => {
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, video);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  };
}

if (!customElements.get('stacked-video')) customElements.define('stacked-video', StackedVideo);
