/* Ground truth of a pair of renders of one identity. Called through ctypes, see training/heads/truth.py. */
#include <math.h>
#include <stdint.h>

enum { SKIN, EYE, UPPER_TEETH, LOWER_TEETH, TONGUE };

static float clampf(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

/*
 * Maps of the target's s×s pixels: out is [10,s,s] = flow x, y, flow_valid, visible, inside, upper, lower, u, v, tongue.
 * id and bary are the target's; source: [vertices,3] crop coordinates and depth of the source; depth: the source's z-buffer
 * (float32); attribute: [vertices,3] = interior 0…1, teeth u, v.
 */
void truth(int s, const int16_t *id, const uint8_t *bary, const float *source, const float *depth, const int32_t *tri,
           const uint8_t *material, const float *attribute, float bias, float *out) {
  int n = s * s;
  for (int o = 0; o < n; o++) {
    float *q = out + o;
    for (int k = 0; k < 10; k++) q[k * n] = 0;
    if (id[o] < 0) {
      q[3 * n] = 1;
      continue;
    }
    int t = id[o], m = material[t];
    const int32_t *i = tri + 3 * t;
    float w1 = bary[2 * o] / 255.f, w2 = bary[2 * o + 1] / 255.f, w0 = 1 - w1 - w2, p[3], a[3];
    for (int k = 0; k < 3; k++) {
      p[k] = w0 * source[3 * i[0] + k] + w1 * source[3 * i[1] + k] + w2 * source[3 * i[2] + k];
      a[k] = w0 * attribute[3 * i[0] + k] + w1 * attribute[3 * i[1] + k] + w2 * attribute[3 * i[2] + k];
    }
    int teeth = m == UPPER_TEETH || m == LOWER_TEETH;
    if (teeth || m == TONGUE || (m == SKIN && a[0] >= .5f)) {
      q[4 * n] = 1;
      q[5 * n] = m == UPPER_TEETH;
      q[6 * n] = m == LOWER_TEETH;
      if (teeth) q[7 * n] = a[1], q[8 * n] = a[2];
      q[9 * n] = m == TONGUE;
      continue;
    }
    float x = (o % s + .5f) / s * 2 - 1, y = (o / s + .5f) / s * 2 - 1;
    q[0] = p[0] - x;
    q[n] = p[1] - y;
    q[2 * n] = 1;
    /* Outside the source crop nothing can be fetched. The nearest pixel's depth decides what hides the point. */
    if (p[0] < -1 || p[0] >= 1 || p[1] < -1 || p[1] >= 1) continue;
    int ix = (int)clampf((p[0] + 1) * .5f * s, 0, s - 1), iy = (int)clampf((p[1] + 1) * .5f * s, 0, s - 1);
    q[3 * n] = p[2] < depth[iy * s + ix] + bias;
  }
}
