import { describe, expect, it } from 'vitest';
import { createFlow } from './flow.ts';

const [WIDTH, HEIGHT] = [72, 60];
/** A smooth picture with something to see everywhere. */
const scene = (x: number, y: number): number =>
  120 + 30 * Math.sin(x / 3.1 + Math.sin(y / 7)) + 25 * Math.cos(y / 2.7) + 15 * Math.sin((x + 2 * y) / 5);
const picture = (of: (x: number, y: number) => number): Float32Array =>
  Float32Array.from({ length: WIDTH * HEIGHT }, (_, at) => of(at % WIDTH, Math.floor(at / WIDTH)));
/** Mean of a motion's samples that lie `margin` inside. */
function inner(values: Float32Array, margin = 12): number {
  const kept = [...values].filter((_, at) => {
    const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
    return x >= margin && x < WIDTH - margin && y >= margin && y < HEIGHT - margin;
  });
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

describe('createFlow', () => {
  it.each([
    [0.5, -0.3],
    [-2, 3],
    [4, -5],
  ])('finds a shift by (%f, %f)', (dx, dy) => {
    const motion = createFlow(WIDTH, HEIGHT)(
      picture(scene),
      picture((x, y) => scene(x + dx, y + dy)),
    );
    expect(Math.abs(inner(motion.x) - dx)).toBeLessThan(0.25);
    expect(Math.abs(inner(motion.y) - dy)).toBeLessThan(0.25);
  });

  it('finds a motion that differs from place to place', () => {
    const opened = (y: number): number => 3 / (1 + Math.exp(-(y - HEIGHT / 2) / 5));
    const motion = createFlow(WIDTH, HEIGHT)(
      picture(scene),
      picture((x, y) => scene(x, y - opened(y))),
    );
    const column = (y: number): number => motion.y[y * WIDTH + WIDTH / 2]!;
    expect(Math.abs(column(10))).toBeLessThan(0.5);
    expect(column(50)).toBeLessThan(-2.4);
    expect(column(50)).toBeGreaterThan(-3.6);
  });

  it('moves nothing where nothing can be seen to move', () => {
    const flow = createFlow(WIDTH, HEIGHT);
    const still = picture(scene);
    expect([...flow(still, still).x].every((value) => value === 0)).toBe(true);
    const flat = flow(
      picture(() => 100),
      picture(() => 106),
    );
    expect([...flat.x, ...flat.y].every((value) => Math.abs(value) < 1e-6)).toBe(true);
  });

  it('forgets the pictures before', () => {
    const flow = createFlow(WIDTH, HEIGHT);
    const [from, to] = [picture(scene), picture((x, y) => scene(x + 1, y))];
    const first = flow(from, to).x.slice();
    flow(
      to,
      picture((x, y) => scene(y, x)),
    );
    expect(flow(from, to).x).toEqual(first);
  });

  it('works on grids that cannot be halved', () => {
    const motion = createFlow(3, 1)(Float32Array.of(1, 2, 3), Float32Array.of(1, 2, 3));
    expect([...motion.x, ...motion.y]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
