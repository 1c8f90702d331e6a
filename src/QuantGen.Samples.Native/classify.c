#include <stdio.h>

#include "sentiment.h"

int main(int count, char **arguments)
{
    char kernels[64];
    sentiment_kernels(kernels, sizeof kernels);
    printf("%s kernels\n", kernels);
    for (int i = 1; i < count; i++) {
        double probability;
        int positive = sentiment_classify(arguments[i], &probability);
        if (positive < 0) {
            return 1;
        }
        printf("%s %.17g %s\n", positive ? "POSITIVE" : "NEGATIVE", probability, arguments[i]);
    }
    return 0;
}
