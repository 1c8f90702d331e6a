/* A model that was compiled ahead of time, as a library of C functions. */
#ifndef SENTIMENT_H
#define SENTIMENT_H

/* Classifies a review in UTF-8: 1 is positive, 0 negative, -1 an error, which is printed. Any thread may call it at any time. */
int sentiment_classify(const char *text, double *probability);

/* Writes the name of the kernels that run here. */
void sentiment_kernels(char *name, int size);

#endif
