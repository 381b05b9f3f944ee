// Stand-ins for cc3d and fill_voids on binary masks of bytes, fastest axis first: width, height, depth.
// Components: two passes over the voxels, a decision tree over the neighbours that came before, and union-find over provisional labels
// (Wu, Otoo and Suzuki, "Optimizing two-pass connected-component labeling algorithms", 2009). Holes: a flood of the background by scan lines.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint32_t u32;

// The mask around the row in work, with an empty voxel at either end: c = this row, n = (k, j - 1), b* = (k - 1, j - 1 .. j + 1); C, N, B* = their labels.
typedef struct { const u8 *c, *n, *b0, *b1, *b2; u32 *C; const u32 *N, *B0, *B1, *B2; } Rows;
typedef struct { u32 *parent, next; } Forest;

static inline u32 root(u32 *parent, u32 label) {
    while (parent[label] != label) label = parent[label] = parent[parent[label]];
    return label;
}

static inline u32 unite(Forest *f, u32 a, u32 b) {
    if (a == b) return a;
    a = root(f->parent, a);
    b = root(f->parent, b);
    if (a < b) return f->parent[b] = a;
    return f->parent[a] = b;
}

// Label 0 is none yet.
static inline u32 with(Forest *f, u32 label, u32 other) { return label ? unite(f, label, other) : other; }

static inline u32 fresh(Forest *f) {
    f->parent[f->next] = f->next;
    return f->next++;
}

// Each asks only for neighbours that are not known to be joined to one that was found already.
static inline u32 label6(Forest *f, const Rows *r, long x) {
    u32 label = 0;
    if (r->c[x - 1]) {
        label = r->C[x - 1];
        if (r->n[x] && !r->n[x - 1]) label = unite(f, label, r->N[x]);
        if (r->b1[x] && !r->b1[x - 1]) label = unite(f, label, r->B1[x]);
    } else if (r->n[x]) {
        label = r->N[x];
        if (r->b1[x] && !r->b0[x]) label = unite(f, label, r->B1[x]);
    } else if (r->b1[x]) label = r->B1[x];
    return label ? label : fresh(f);
}

static inline u32 label18(Forest *f, const Rows *r, long x) {
    u32 label = 0;
    if (r->b1[x]) {
        label = r->B1[x];
        if (r->n[x]) return label;
        if (r->n[x - 1] && !r->c[x - 1] && !r->b1[x - 1]) label = unite(f, label, r->N[x - 1]);
        if (r->n[x + 1] && !r->b1[x + 1]) label = unite(f, label, r->N[x + 1]);
        return label;
    }
    if (r->n[x]) {
        label = r->N[x];
        if (r->b1[x - 1] && !r->c[x - 1] && !r->n[x - 1]) label = unite(f, label, r->B1[x - 1]);
        if (r->b1[x + 1] && !r->n[x + 1]) label = unite(f, label, r->B1[x + 1]);
        if (r->b2[x]) label = unite(f, label, r->B2[x]);
        return label;
    }
    if (r->c[x - 1]) label = r->C[x - 1];
    else if (r->b1[x - 1]) label = r->B1[x - 1];
    else if (r->n[x - 1]) label = r->N[x - 1];
    if (r->b1[x + 1]) label = with(f, label, r->B1[x + 1]);
    else if (r->n[x + 1]) label = with(f, label, r->N[x + 1]);
    if (r->b0[x]) label = with(f, label, r->B0[x]);
    if (r->b2[x]) label = with(f, label, r->B2[x]);
    return label ? label : fresh(f);
}

static inline u32 label26(Forest *f, const Rows *r, long x) {
    if (r->b1[x]) return r->B1[x];
    u32 label = 0;
    if (r->n[x]) {
        label = r->N[x];
        if (r->b2[x]) return unite(f, label, r->B2[x]);
        if (r->b2[x - 1] && !r->c[x - 1]) label = unite(f, label, r->B2[x - 1]);
        if (r->b2[x + 1]) label = unite(f, label, r->B2[x + 1]);
        return label;
    }
    if (r->b2[x]) {
        label = r->B2[x];
        if (r->b0[x]) return unite(f, label, r->B0[x]);
        if (r->n[x - 1]) { if (!r->c[x - 1]) label = unite(f, label, r->N[x - 1]); }
        else if (r->b0[x - 1]) label = unite(f, label, r->B0[x - 1]);
        if (r->n[x + 1]) label = unite(f, label, r->N[x + 1]);
        else if (r->b0[x + 1]) label = unite(f, label, r->B0[x + 1]);
        return label;
    }
    if (r->b0[x]) {
        label = r->B0[x];
        if (r->b2[x - 1] && !r->c[x - 1] && !r->b1[x - 1]) label = unite(f, label, r->B2[x - 1]);
        if (r->b2[x + 1] && !r->b1[x + 1]) label = unite(f, label, r->B2[x + 1]);
        return label;
    }
    if (r->c[x - 1]) label = r->C[x - 1];
    else if (r->b1[x - 1]) label = r->B1[x - 1];
    else {
        if (r->n[x - 1]) label = r->N[x - 1];
        else if (r->b0[x - 1]) label = r->B0[x - 1];
        if (r->b2[x - 1]) label = with(f, label, r->B2[x - 1]);
    }
    if (r->b1[x + 1]) label = with(f, label, r->B1[x + 1]);
    else {
        if (r->n[x + 1]) label = with(f, label, r->N[x + 1]);
        else if (r->b0[x + 1]) label = with(f, label, r->B0[x + 1]);
        if (r->b2[x + 1]) label = with(f, label, r->B2[x + 1]);
    }
    return label ? label : fresh(f);
}

// The first voxel of a row's foreground from x on; a cache line of background takes eight compares.
static inline long foreground(const u8 *row, long x, long width) {
    uint64_t eight;
    while (x + 8 <= width && (memcpy(&eight, row + x, 8), eight == 0)) x += 8;
    while (x < width && !row[x]) x++;
    return x;
}

#define SCAN(DO) for (long x = foreground(r.c, 0, width); x < width; x = foreground(r.c, x, width)) do r.C[x] = DO; while (++x < width && r.c[x])

// Writes components, numbered from 1 without gaps, into labels, which hold 0. Returns their number; 2^32 - 1 when memory lacks.
u32 label(const u8 *mask, u32 *labels, long width, long height, long depth, int connectivity) {
    long plane = width * height, padded = width + 2, slice = padded * (height + 2);
    // Two slices of the mask with a rim of background.
    u8 *rim = calloc(2, slice);
    Forest forest = { malloc(sizeof(u32) * (width * height * depth / 2 + 2)), 1 };
    if (!rim || !forest.parent) { free(rim); free(forest.parent); return UINT32_MAX; }
    for (long k = 0; k < depth; k++) {
        u8 *here = rim + (k & 1) * slice, *behind = rim + (~k & 1) * slice;
        for (long j = 0; j < height; j++) memcpy(here + (j + 1) * padded + 1, mask + k * plane + j * width, width);
        for (long j = 0; j < height; j++) {
            u32 *C = labels + k * plane + j * width;
            const u8 *c = here + (j + 1) * padded + 1, *b = behind + (j + 1) * padded + 1;
            Rows r = { c, c - padded, b - padded, b, b + padded, C, C - width, C - plane - width, C - plane, C - plane + width };
            if (connectivity == 6) SCAN(label6(&forest, &r, x));
            else if (connectivity == 18) SCAN(label18(&forest, &r, x));
            else SCAN(label26(&forest, &r, x));
        }
    }
    free(rim);
    u32 count = 0, *parent = forest.parent;
    parent[0] = 0;
    for (u32 n = 1; n < forest.next; n++) parent[n] = parent[n] == n ? ++count : parent[parent[n]];
    for (long row = 0; row < height * depth; row++) {
        Rows r = { .c = mask + row * width, .C = labels + row * width };
        SCAN(parent[r.C[x]]);
    }
    free(parent);
    return count;
}

// Voxels of each label; sizes hold 0.
void count(const u32 *labels, long voxels, u32 *sizes) {
    for (long n = 0, from = 0; n < voxels; from = n) {
        while (++n < voxels && labels[n] == labels[from]);
        sizes[labels[from]] += (u32)(n - from);
    }
}

// 1 where the label is the one, else 0.
void keep(const u32 *labels, long voxels, u32 one, u8 *kept) {
    for (long n = 0; n < voxels; n++) kept[n] = labels[n] == one;
}

enum { BACKGROUND = 0, OUTSIDE = 1, REGION = 2 };

typedef struct { long *items, count, room; } Stack;

static int push(Stack *s, long voxel) {
    if (s->count == s->room) {
        long *more = realloc(s->items, sizeof(long) * (s->room = 2 * s->room + 1024));
        if (!more) return 0;
        s->items = more;
    }
    s->items[s->count++] = voxel;
    return 1;
}

// Pushes the first voxel of each run of background in [from, to).
static int pushRuns(Stack *s, const u8 *mask, long from, long to) {
    for (long n = from; n < to; n++) {
        if (mask[n] != BACKGROUND) continue;
        if (!push(s, n)) return 0;
        while (n + 1 < to && mask[n + 1] == BACKGROUND) n++;
    }
    return 1;
}

// Fills in place what background does not reach from the border by faces. Returns the voxels filled; -1 when memory lacks.
long fill(u8 *mask, long width, long height, long depth) {
    long plane = width * height, voxels = plane * depth, filled = 0;
    Stack stack = { 0 };
    for (long n = 0; n < voxels; n++) mask[n] = mask[n] ? REGION : BACKGROUND;
    int ok = 1;
    for (long k = 0; k < depth; k++)
        for (long j = 0; j < height; j++) {
            long row = k * plane + j * width;
            if (k == 0 || k == depth - 1 || j == 0 || j == height - 1) ok &= pushRuns(&stack, mask, row, row + width);
            else ok &= pushRuns(&stack, mask, row, row + 1) & pushRuns(&stack, mask, row + width - 1, row + width);
        }
    while (ok && stack.count) {
        long at = stack.items[--stack.count];
        if (mask[at] != BACKGROUND) continue;
        long row = at / width, start = row * width, from = at, to = at, j = row % height, k = row / height;
        while (from > start && mask[from - 1] == BACKGROUND) from--;
        while (to < start + width && mask[to] == BACKGROUND) to++;
        memset(mask + from, OUTSIDE, to - from);
        if (j > 0) ok &= pushRuns(&stack, mask, from - width, to - width);
        if (j + 1 < height) ok &= pushRuns(&stack, mask, from + width, to + width);
        if (k > 0) ok &= pushRuns(&stack, mask, from - plane, to - plane);
        if (k + 1 < depth) ok &= pushRuns(&stack, mask, from + plane, to + plane);
    }
    free(stack.items);
    for (long n = 0; n < voxels; n++) {
        filled += mask[n] == BACKGROUND;
        mask[n] = mask[n] != OUTSIDE;
    }
    return ok ? filled : -1;
}
