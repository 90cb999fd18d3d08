/* Rasteriser, ambient occlusion and shading of heads. Called through ctypes, see training/heads/native.py. */
#include <math.h>
#include <stdint.h>
#include <string.h>

/* Materials and kinds of triangles: the same numbers as in training/heads/mesh.py. */
enum { SKIN, EYE, UPPER_TEETH, LOWER_TEETH, TONGUE, HAIR, FRAME, CLOTH };
enum { SURFACE, APERTURE, BACKDROP, INTERIOR };
/* Channels of the skin texture: BGR, wetness, slope of the relief along the two texture axes. */
enum { CHANNELS = 6 };

static void draw(int t, int s, const int32_t *tri, const float *pos, const uint8_t *kind, int32_t *id, float *bary, float *depth) {
  const float *a = pos + 3 * tri[3 * t], *b = pos + 3 * tri[3 * t + 1], *c = pos + 3 * tri[3 * t + 2];
  float area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
  if (fabsf(area) < 1e-6f) return;
  int x0 = (int)ceilf(fminf(a[0], fminf(b[0], c[0])) - .5f), x1 = (int)floorf(fmaxf(a[0], fmaxf(b[0], c[0])) - .5f);
  int y0 = (int)ceilf(fminf(a[1], fminf(b[1], c[1])) - .5f), y1 = (int)floorf(fmaxf(a[1], fmaxf(b[1], c[1])) - .5f);
  if (x0 < 0) x0 = 0;
  if (y0 < 0) y0 = 0;
  if (x1 > s - 1) x1 = s - 1;
  if (y1 > s - 1) y1 = s - 1;
  float inv = 1.f / area;
  float u_x = (c[1] - a[1]) * inv, u_y = -(c[0] - a[0]) * inv;
  float v_x = -(b[1] - a[1]) * inv, v_y = (b[0] - a[0]) * inv;
  float z1 = b[2] - a[2], z2 = c[2] - a[2];
  for (int y = y0; y <= y1; y++) {
    float dy = y + .5f - a[1];
    for (int x = x0; x <= x1; x++) {
      float dx = x + .5f - a[0], u = dx * u_x + dy * u_y, v = dx * v_x + dy * v_y;
      if (u < 0 || v < 0 || u + v > 1) continue;
      int o = y * s + x;
      float z = a[2] + u * z1 + v * z2;
      /* Teeth and tongue are seen through the open lips only and always before the cavity's walls, however a face is shaped. */
      int over = kind[t] == INTERIOR && id[o] >= 0 ? kind[id[o]] : -1;
      if (kind[t] == INTERIOR && over < APERTURE) continue;
      if (z >= depth[o] && over != BACKDROP) continue;
      depth[o] = z;
      id[o] = t;
      if (bary) {
        bary[2 * o] = u;
        bary[2 * o + 1] = v;
      }
    }
  }
}

/* Z-buffer of an s×s picture. pos: [vertices,3] pixels and depth, smaller is nearer. id: −1 where nothing is; bary may be null. */
void rasterise(int s, int triangles, const int32_t *tri, const float *pos, const uint8_t *kind, int32_t *id, float *bary, float *depth) {
  for (int o = 0; o < s * s; o++) {
    id[o] = -1;
    depth[o] = 9.f;
  }
  if (bary) memset(bary, 0, sizeof(float) * 2 * s * s);
  for (int pass = 0; pass < 2; pass++)
    for (int t = 0; t < triangles; t++)
      if ((kind[t] == INTERIOR) == pass) draw(t, s, tri, pos, kind, id, bary, depth);
}

/* Unit vertex normals, weighted by the area of the triangles around. */
void vertex_normals(int vertices, int triangles, const int32_t *tri, const float *pos, float *normal) {
  memset(normal, 0, sizeof(float) * 3 * vertices);
  for (int t = 0; t < triangles; t++) {
    const int32_t *i = tri + 3 * t;
    const float *a = pos + 3 * i[0], *b = pos + 3 * i[1], *c = pos + 3 * i[2];
    float u[3], v[3];
    for (int k = 0; k < 3; k++) u[k] = b[k] - a[k], v[k] = c[k] - a[k];
    float n[3] = {u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]};
    for (int q = 0; q < 3; q++)
      for (int k = 0; k < 3; k++) normal[3 * i[q] + k] += n[k];
  }
  for (int i = 0; i < vertices; i++) {
    float *n = normal + 3 * i, length = sqrtf(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]) + 1e-12f;
    for (int k = 0; k < 3; k++) n[k] /= length;
  }
}

/* Adds one direction's visibility to each vertex: total += max(n·d, 0), seen += the same where the depth map sees it. */
void occlusion_step(int vertices, const float *pos, const float *normal, const float *direction, int s, const float *depth, float bias, float *seen, float *total) {
  for (int i = 0; i < vertices; i++) {
    const float *n = normal + 3 * i, *p = pos + 3 * i;
    float cosine = n[0] * direction[0] + n[1] * direction[1] + n[2] * direction[2];
    if (cosine <= 0) continue;
    total[i] += cosine;
    int x = (int)p[0], y = (int)p[1];
    if (x < 0 || y < 0 || x >= s || y >= s || p[2] < depth[y * s + x] + bias) seen[i] += cosine;
  }
}

/* Everything in head space; colours linear BGR. The same order as `Scene` in training/heads/native.py. */
typedef struct {
  float light[3], light_colour[3], fill[3], fill_colour[3], view[3], ambient[3], ambient_slope[9];
  float shadow[12]; /* rows of the shadow map's projection: x, y in its pixels and depth */
  float shadow_softness, shadow_bias, gloss, shininess, wet_gloss, relief;
  float iris[3], sclera[3], eye[3]; /* eye: |x|, y of the iris at rest, and its radius */
  float tongue[3], cavity[3], teeth[3], hair[3], frame[3], cloth[3];
  float lip[3]; /* y and z of the seam, and how fast the lips curve back with x² */
  float aperture, exposure, gamma;
} Scene;

/* Turns of the shadow's sampling disc, and the display's curve over the root of the linear value. */
enum { TURNS = 64, CURVE = 1024 };
static float turns[TURNS][2];

static void prepare(float gamma, float *curve) {
  for (int i = 0; i < TURNS; i++) turns[i][0] = cosf(i * 6.2831853f / TURNS), turns[i][1] = sinf(i * 6.2831853f / TURNS);
  for (int i = 0; i <= CURVE; i++) curve[i] = powf((float)i / CURVE, 2 * gamma);
}

static float saturate(float x) { return x < 0 ? 0 : x > 1 ? 1 : x; }

static void sample(const float *texture, int w, int h, int channels, float x, float y, float *out) {
  x = x < 0 ? 0 : x > w - 1.001f ? w - 1.001f : x;
  y = y < 0 ? 0 : y > h - 1.001f ? h - 1.001f : y;
  int ix = (int)x, iy = (int)y;
  float fx = x - ix, fy = y - iy;
  const float *p = texture + channels * (iy * w + ix), *q = p + channels * w;
  for (int k = 0; k < channels; k++)
    out[k] = (p[k] * (1 - fx) + p[k + channels] * fx) * (1 - fy) + (q[k] * (1 - fx) + q[k + channels] * fx) * fy;
}

/* Share of the key light that reaches a point: 8 taps of a turned disc, turned anew at every pixel. */
static float lit(const Scene *e, const float *p, int s, const float *map, int o) {
  const float *r = e->shadow;
  float x = r[0] * p[0] + r[1] * p[1] + r[2] * p[2] + r[3], y = r[4] * p[0] + r[5] * p[1] + r[6] * p[2] + r[7];
  float z = r[8] * p[0] + r[9] * p[1] + r[10] * p[2] + r[11] - e->shadow_bias;
  uint32_t hash = (uint32_t)o * 2654435761u;
  const float *turn = turns[hash >> 26];
  float c = turn[0] * e->shadow_softness, n = turn[1] * e->shadow_softness, sum = 0;
  static const float disc[8][2] = {{.35f, 0}, {0, .5f}, {-.61f, 0}, {0, -.71f}, {.56f, .56f}, {-.6f, .6f}, {-.65f, -.65f}, {.7f, -.7f}};
  for (int k = 0; k < 8; k++) {
    int ix = (int)(x + disc[k][0] * c - disc[k][1] * n), iy = (int)(y + disc[k][0] * n + disc[k][1] * c);
    sum += ix < 0 || iy < 0 || ix >= s || iy >= s || z < map[iy * s + ix];
  }
  return sum / 8;
}

/*
 * Shades a picture. vertex: [vertices,12] = head-space position, normal, texture x, y (pixels; for teeth −1…1), rest x, y,
 * interior 0…1, ambient occlusion. texture: [th,tw,6]; teeth: linear [2,eh,ew,3]; background and out: [s,s,3], display BGR 0…1.
 */
void shade(const Scene *e, int s, const int32_t *tri, const uint8_t *material, const float *vertex, const int32_t *id, const float *bary,
           const float *texture, int tw, int th, const float *teeth, int ew, int eh, int map_side, const float *map, const float *background, float *out) {
  float curve[CURVE + 1];
  prepare(e->gamma, curve);
  for (int o = 0; o < s * s; o++) {
    if (id[o] < 0) {
      memcpy(out + 3 * o, background + 3 * o, 3 * sizeof(float));
      continue;
    }
    int t = id[o], m = material[t];
    float w1 = bary[2 * o], w2 = bary[2 * o + 1], w0 = 1 - w1 - w2, a[12];
    const float *v0 = vertex + 12 * tri[3 * t], *v1 = vertex + 12 * tri[3 * t + 1], *v2 = vertex + 12 * tri[3 * t + 2];
    for (int k = 0; k < 12; k++) a[k] = w0 * v0[k] + w1 * v1[k] + w2 * v2[k];
    float *n = a + 3, inner = saturate(a[10]), occlusion = a[11], c[3], wrap = 0, gloss = 0, shininess = 30, direct = 1;
    float facing = n[0] * e->view[0] + n[1] * e->view[1] + n[2] * e->view[2];
    if (facing < 0 && m != SKIN)
      for (int k = 0; k < 3; k++) n[k] = -n[k];
    /* How far behind the lips, and how much of the outer light the lips let in there. */
    float behind = e->lip[1] - e->lip[2] * a[0] * a[0] - a[2];
    if (behind < 0) behind = 0;
    float inlet = e->aperture / (e->aperture + 1e-6f + 3.2f * behind * behind + .02f * behind);
    if (m == SKIN) {
      float q[CHANNELS];
      sample(texture, tw, th, CHANNELS, a[6], a[7], q);
      float length = sqrtf(n[0] * n[0] + n[2] * n[2]) + 1e-6f, tx = n[2] / length, tz = -n[0] / length;
      float bx = n[1] * tz, by = n[2] * tx - n[0] * tz, bz = -n[1] * tx, r = e->relief * (1 - inner);
      n[0] -= r * (q[4] * tx - q[5] * bx);
      n[1] -= r * -q[5] * by;
      n[2] -= r * (q[4] * tz - q[5] * bz);
      float wet = q[3] + (1 - q[3]) * inner;
      for (int k = 0; k < 3; k++) c[k] = q[k] + (e->cavity[k] - q[k]) * inner;
      wrap = .3f;
      gloss = e->gloss + (e->wet_gloss - e->gloss) * wet;
      shininess = e->shininess + (55 - e->shininess) * wet;
      occlusion = occlusion + (inlet - occlusion) * inner;
      direct = 1 - inner * (1 - inlet);
      gloss *= direct * (1 - .85f * inner);
    } else if (m == EYE) {
      float x = fabsf(a[8]) - e->eye[0], y = a[9] - e->eye[1], r = sqrtf(x * x + y * y) / e->eye[2];
      float white = saturate((r - .93f) / .14f), pupil = saturate((.42f - r) / .1f), ring = .6f + .5f * saturate(1.15f - r);
      for (int k = 0; k < 3; k++) c[k] = (e->iris[k] * ring * (1 - pupil) + .01f * pupil) * (1 - white) + e->sclera[k] * white;
      wrap = .2f, gloss = .5f, shininess = 120;
      occlusion = .3f + .5f * occlusion;
    } else if (m == UPPER_TEETH || m == LOWER_TEETH) {
      sample(teeth + (m == LOWER_TEETH) * 3 * ew * eh, ew, eh, 3, (a[6] * .5f + .5f) * ew - .5f, (a[7] * .5f + .5f) * eh - .5f, c);
      for (int k = 0; k < 3; k++) c[k] *= e->teeth[k];
      wrap = .4f, gloss = .3f * inlet, shininess = 50;
      occlusion = inlet, direct = .35f + .65f * inlet;
    } else if (m == TONGUE) {
      /* Fine papillae: a hash of the rest position, cheap and still. */
      float grain = sinf(a[6] * 310) * sinf(a[7] * 290 + 3 * sinf(a[6] * 120));
      for (int k = 0; k < 3; k++) c[k] = e->tongue[k] * (1 + .07f * grain) * (1 - .25f * expf(-a[6] * a[6] * 900));
      wrap = .35f, gloss = .22f * inlet, shininess = 25;
      occlusion = inlet * (.45f + .55f * inlet), direct = .2f + .8f * inlet;
    } else {
      const float *base = m == HAIR ? e->hair : m == FRAME ? e->frame : e->cloth;
      float streak = m == HAIR ? .75f + .35f * sinf(a[6] * 37 + 2 * sinf(a[6] * 113)) + .12f * sinf(a[6] * 331 + a[7] * 3) : m == CLOTH ? 1 + .12f * sinf(a[6] * 160) * sinf(a[7] * 160) : 1;
      for (int k = 0; k < 3; k++) c[k] = base[k] * streak;
      wrap = .3f, gloss = m == FRAME ? .6f : m == HAIR ? .12f : 0, shininess = m == HAIR ? 18 : 60;
    }
    float length = 1 / sqrtf(n[0] * n[0] + n[1] * n[1] + n[2] * n[2] + 1e-9f);
    for (int k = 0; k < 3; k++) n[k] *= length;
    float cosine = n[0] * e->light[0] + n[1] * e->light[1] + n[2] * e->light[2];
    float fill = n[0] * e->fill[0] + n[1] * e->fill[1] + n[2] * e->fill[2];
    float shadow = cosine > -wrap ? lit(e, a, map_side, map, o) * direct : 0;
    float h[3], hh = 0;
    for (int k = 0; k < 3; k++) h[k] = e->light[k] + e->view[k], hh += h[k] * h[k];
    hh = 1 / sqrtf(hh + 1e-6f);
    float half = (n[0] * h[0] + n[1] * h[1] + n[2] * h[2]) * hh, view = n[0] * e->view[0] + n[1] * e->view[1] + n[2] * e->view[2];
    float rim = 1 - saturate(view), fresnel = .35f + .65f * rim * rim * rim;
    float highlight = half > .6f && gloss * shadow > .004f ? powf(half, shininess) * gloss * (shininess + 8) * .03f * fresnel * shadow : 0;
    fill = fill > -.2f ? (fill + .2f) / 1.2f * occlusion : 0;
    for (int k = 0; k < 3; k++) {
      /* Light that went through skin comes out red: the red channel wraps farthest around the terminator. */
      float w = wrap * (k == 2 ? 1 : k == 1 ? .5f : .35f), key = (cosine + w) / (1 + w);
      key = key > 0 ? key * (shadow + (1 - shadow) * (m == SKIN && k == 2 ? .04f : 0)) : 0;
      float sky = e->ambient[k] + e->ambient_slope[3 * k] * n[0] + e->ambient_slope[3 * k + 1] * n[1] + e->ambient_slope[3 * k + 2] * n[2];
      float sheen = gloss * .12f * fresnel * occlusion * (sky > 0 ? sky : 0);
      /* Between bright skin occlusion is filled by bounced light of the skin's own colour. */
      float open = m == SKIN ? occlusion + (1 - occlusion) * c[k] * .5f * (1 - inner) : occlusion;
      float light = (sky > 0 ? sky : 0) * open + e->fill_colour[k] * fill + e->light_colour[k] * key;
      float value = (c[k] * light + highlight * e->light_colour[k] + sheen) * e->exposure;
      out[3 * o + k] = curve[(int)(sqrtf(saturate(value)) * CURVE + .5f)];
    }
  }
}
