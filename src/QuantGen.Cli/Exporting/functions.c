/* gelu */
static void gelu(int32_t *x, int32_t columns)
{
    int32_t i;
    for (i = 0; i < columns; i++) {
        int32_t q = (int32_t)clamp(x[i], -ARGUMENT_LIMIT, ARGUMENT_LIMIT);
        int32_t magnitude = q < 0 ? -q : q;
        int32_t t = (magnitude < -GELU_SHIFT ? magnitude : -GELU_SHIFT) + GELU_SHIFT;
        int32_t erf = (int32_t)shifted(t * t + GELU_SUMMAND, GELU_ERF_SHIFT);
        x[i] = magnitude * erf + q * GELU_ONE;
    }
}

/* relu */
static void relu(int32_t *x, int32_t columns)
{
    int32_t i;
    for (i = 0; i < columns; i++) {
        x[i] = (int32_t)clamp(x[i], 0, ARGUMENT_LIMIT);
    }
}

/* tanh */
static void hyperbolic_tangent(int32_t *x, int32_t columns)
{
    int32_t i;
    for (i = 0; i < columns; i++) {
        int32_t q = x[i] < -EXP_LIMIT ? -EXP_LIMIT : x[i];
        int64_t e = exponential(q < 0 ? -q : q);
        int64_t quotient = ((EXP_ONE - e) << STATE_BITS) / (EXP_ONE + e);
        x[i] = (int32_t)(q < 0 ? -quotient : quotient);
    }
}

/* output */
typedef struct {
    const int32_t *weights, *biases;
    int32_t rows, columns, shift;
} output_layer;

static void finish(const output_layer *layer, const int32_t *input, int32_t *output)
{
    int32_t row, i;
    for (row = 0; row < layer->rows; row++) {
        int64_t sum = 0;
        for (i = 0; i < layer->columns; i++) {
            sum += (int64_t)input[i] * layer->weights[(size_t)row * (size_t)layer->columns + (size_t)i];
        }
        output[row] = (int32_t)clamp(shifted(sum + half(layer->shift), layer->shift), -TERM_LIMIT, TERM_LIMIT) + layer->biases[row];
    }
}
