/*
 * Latencies in nanoseconds, counted in buckets that grow with the value: 64 buckets an octave, so a
 * quantile is exact to 1.6%, and counting costs a shift and an increment.
 */
#ifndef GNC_BENCH_HISTOGRAM_H
#define GNC_BENCH_HISTOGRAM_H

#include <stdint.h>

enum { OCTAVE_BITS = 6, OCTAVE = 1 << OCTAVE_BITS, BUCKETS = (64 - OCTAVE_BITS + 1) * OCTAVE };

struct histogram {
    uint64_t count;
    uint64_t buckets[BUCKETS];
};

static inline int bucket_of(uint64_t value)
{
    if (value < OCTAVE)
        return (int)value;
    int shift = 63 - __builtin_clzll(value) - OCTAVE_BITS;
    return (shift << OCTAVE_BITS) + (int)(value >> shift);
}

/* The middle of a bucket: the inverse of bucket_of. */
static inline double value_of(int bucket)
{
    if (bucket < 2 * OCTAVE)
        return bucket;
    int shift = (bucket >> OCTAVE_BITS) - 1;
    return ((double)(bucket - (shift << OCTAVE_BITS)) + 0.5) * (double)(1ULL << shift);
}

static inline void count(struct histogram *h, uint64_t value)
{
    h->count++;
    h->buckets[bucket_of(value)]++;
}

/* The value below which share (0 to 1) of the counted lie; 0 when nothing was counted. */
static inline double quantile(const struct histogram *h, double share)
{
    uint64_t wanted = (uint64_t)((double)h->count * share), seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
        seen += h->buckets[i];
        if (seen > wanted)
            return value_of(i);
    }
    return 0;
}

#endif
