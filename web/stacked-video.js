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

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { display: inline-block; }
  :host([hidden]) { display: none; }
  canvas { display: block; width: 100%; height: 100%; object-fit: contain; }
  video { display: none; }`);

const PASSED_ON = ['src', 'muted', 'loop', 'autoplay'];

/**
 * `<stacked-video src="…">`: plays a video of the format `stacked-mp4`, whose upper half are the colours and whose lower
 * half says where they are seen (white), as a transparent picture. For browsers that play no transparent WebM.
 *
 * Attributes: `src`, `muted`, `loop`, `autoplay`, as of `<video>`. `video` is the element that plays: its methods and
 * events are the player's.
 */
export class StackedVideo extends HTMLElement {
  static observedAttributes = PASSED_ON;

  /** Plays the file; never seen itself. */
  video = document.createElement('video');
  #canvas = document.createElement('canvas');
  /** @type {((video: HTMLVideoElement) => void) | undefined} */ #draw;
  #next = 0;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    // Readable through a canvas on the site that embeds us; inline on phones.
    Object.assign(this.video, { crossOrigin: 'anonymous', playsInline: true });
    for (const type of ['loadeddata', 'seeked', 'playing']) this.video.addEventListener(type, () => this.#paint());
    root.append(this.#canvas, this.video);
  }

  disconnectedCallback() {
    cancelAnimationFrame(this.#next);
    this.video.pause();
  }

  /**
   * @param {string} name
   * @param {string | null} _before
   * @param {string | null} value
   */
  attributeChangedCallback(name, _before, value) {
    if (value === null) this.video.removeAttribute(name);
    else this.video.setAttribute(name, value);
    if (name === 'muted') this.video.muted = value !== null;
  }

  /** @returns {Promise<void>} as of `<video>` */
  play() {
    return this.video.play();
  }

  pause() {
    this.video.pause();
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
