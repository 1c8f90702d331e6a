/* Numbers of n fraction bits count 2^-n. Sums of products and everything between them fit 32 bits; products of two of those have 64. */

/* C leaves it to the compiler what a shift of a negative number gives; this rounds down everywhere. */
static int64_t shifted(int64_t value, int32_t shift)
{
    return value < 0 ? ~(~value >> shift) : value >> shift;
}

/* The low 32 bits of a number, as one with a sign. */
static int32_t low(int64_t value)
{
    uint32_t bits = (uint32_t)(uint64_t)value;
    return bits <= INT32_MAX ? (int32_t)bits : (int32_t)(bits - 0x80000000u) + INT32_MIN;
}

static int32_t scaled(int32_t value, int32_t multiplier, int64_t summand, int32_t shift)
{
    return low(shifted((int64_t)value * multiplier + summand, shift));
}

static int64_t half(int32_t shift)
{
    return (int64_t)1 << (shift - 1);
}

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

/* Two terms of a residual. */
static int32_t added(int32_t left, int32_t right)
{
    return (int32_t)clamp((int64_t)left + right, -STATE_LIMIT, STATE_LIMIT);
}

/* The next code of a row: a stream of bits, the lowest first. */
typedef struct {
    const uint8_t *next;
    uint32_t held;
    int32_t have;
} stream;

static int32_t centered_code(stream *row, int32_t bits)
{
    int32_t code;
    if (row->have < bits) {
        row->held |= (uint32_t)*row->next++ << row->have;
        row->have += 8;
    }
    code = (int32_t)(row->held & ((1u << bits) - 1u)) - (1 << (bits - 1));
    row->held >>= bits;
    row->have -= bits;
    return code;
}

typedef struct {
    int32_t multiplier, shift, limit, low, high, zero_point;
} site;

/* What enters linear layers as codes of a byte. */
static void quantize(const site *place, const int32_t *input, int32_t columns, uint8_t *codes)
{
    int32_t i;
    for (i = 0; i < columns; i++) {
        int32_t x = (int32_t)clamp(input[i], -place->limit, place->limit);
        x = scaled(x, place->multiplier, half(place->shift), place->shift);
        codes[i] = (uint8_t)(clamp(x, place->low, place->high) + place->zero_point);
    }
}

typedef struct {
    const uint8_t *codes;
    const int32_t *multipliers;
    const int64_t *summands;
    const int32_t *order; /* where the outputs of stored rows belong; null for rows in order */
    int32_t rows, columns, bits, shift;
} matrix;

static void multiply(const matrix *weights, const uint8_t *codes, int32_t *output)
{
    int32_t row, i, bytes = (weights->columns * weights->bits + 7) / 8;
    for (row = 0; row < weights->rows; row++) {
        const uint8_t *packed = weights->codes + (size_t)row * (size_t)bytes;
        int32_t sum = 0;
        if (weights->bits == 8) {
            for (i = 0; i < weights->columns; i++) {
                sum += codes[i] * (packed[i] - 128);
            }
        } else {
            stream codes_of_row = { packed, 0, 0 };
            for (i = 0; i < weights->columns; i++) {
                sum += codes[i] * centered_code(&codes_of_row, weights->bits);
            }
        }
        output[weights->order ? weights->order[row] : row] = scaled(sum, weights->multipliers[row], weights->summands[row], weights->shift);
    }
}

typedef struct {
    const int32_t *gamma, *beta;
    int32_t shift;
} norm;

/* The largest number whose square is at most this one, by Newton's method. */
static uint32_t root(uint64_t square)
{
    uint64_t x, next, rest = square;
    int32_t bits = 0;
    if (square == 0) {
        return 0;
    }
    for (; rest; rest >>= 1) {
        bits++;
    }
    for (x = (uint64_t)1 << ((bits + 1) / 2);; x = next) {
        next = (x + square / x) / 2;
        if (next >= x) {
            return (uint32_t)x;
        }
    }
}

/* Normalizes a row, or its sum with a residual. The output may be where an input is. */
static void normalize(const norm *layer, const int32_t *input, const int32_t *residual, int32_t columns, int32_t *output)
{
    int64_t sum = 0, numerator, mean, squares = 0;
    int32_t i, ratio = 0, shift = 1;
    uint32_t deviation, rest;
    for (i = 0; i < columns; i++) {
        output[i] = residual ? added(input[i], residual[i]) : input[i];
        sum += output[i];
    }
    numerator = 2 * sum + columns;
    mean = numerator / (2 * (int64_t)columns);
    if (mean * 2 * columns > numerator) {
        mean--;
    }
    for (i = 0; i < columns; i++) {
        int64_t difference = output[i] - mean;
        squares += difference * difference;
    }
    deviation = root((uint64_t)squares);
    if (deviation != 0) {
        shift = NORM_SHIFT_BITS;
        for (rest = deviation; rest; rest >>= 1) {
            shift++;
        }
        shift = shift < MOST_SHIFT ? shift : MOST_SHIFT;
        ratio = (int32_t)(((int64_t)1 << (NORM_RATIO_BITS + shift)) / deviation);
    }
    for (i = 0; i < columns; i++) {
        int32_t x = scaled((int32_t)(output[i] - mean), ratio, half(shift), shift);
        output[i] = scaled(x, layer->gamma[i], half(layer->shift), layer->shift) + layer->beta[i];
    }
}

/* e to a number below 0, by its distance from 0, in units of 1 / EXP_ONE. */
static int32_t exponential(int32_t distance)
{
    int32_t n = distance < EXP_LIMIT ? distance : EXP_LIMIT;
    int32_t halvings = (n * EXP_RECIPROCAL) >> EXP_RECIPROCAL_SHIFT;
    int32_t rest = halvings * EXP_HALVING - n;
    return (rest * (rest + EXP_FACTOR) + EXP_ONE) >> halvings;
}

typedef struct {
    int32_t multiplier, shift, limit;
} scores;

static int32_t operand(int32_t value)
{
    return (int32_t)clamp(value, -OPERAND_LIMIT, OPERAND_LIMIT);
}

/* The contexts of the first queries of a sequence, which take the place of these queries. One number a token is for weights. */
static void attend(const scores *layer, int32_t *query, const int32_t *key, const int32_t *value, int32_t tokens, int32_t queries, int32_t heads,
    int32_t head_size, int32_t *weights)
{
    int32_t head, i, j, d, width = heads * head_size;
    for (head = 0; head < heads; head++) {
        for (i = 0; i < queries; i++) {
            int32_t *q = query + (size_t)i * (size_t)width + head * head_size;
            int32_t largest = INT32_MIN, sum = 0, factor;
            for (j = 0; j < tokens; j++) {
                const int32_t *k = key + (size_t)j * (size_t)width + head * head_size;
                weights[j] = 0;
                for (d = 0; d < head_size; d++) {
                    weights[j] += operand(q[d]) * operand(k[d]);
                }
                largest = weights[j] > largest ? weights[j] : largest;
            }
            for (j = 0; j < tokens; j++) {
                int32_t below = largest - weights[j];
                below = scaled(below < layer->limit ? below : layer->limit, layer->multiplier, half(layer->shift), layer->shift);
                weights[j] = (exponential(below) + (1 << (EXP_WEIGHT_SHIFT - 1))) >> EXP_WEIGHT_SHIFT;
                sum += weights[j];
            }
            factor = (int32_t)(((int64_t)1 << (CONTEXT_BITS + CONTEXT_SHIFT)) / sum);
            for (d = 0; d < head_size; d++) {
                int32_t total = 0;
                for (j = 0; j < tokens; j++) {
                    total += weights[j] * operand(value[(size_t)j * (size_t)width + head * head_size + d]);
                }
                q[d] = scaled(total, factor, half(CONTEXT_SHIFT), CONTEXT_SHIFT);
            }
        }
    }
}
