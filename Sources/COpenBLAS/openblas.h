#include <cblas.h>

/* Selected eigenvalues and eigenvectors of a symmetric matrix: LAPACK's dsyevr, which OpenBLAS
   exports while Debian's libopenblas-dev declares none of LAPACK. The last three arguments are the
   lengths that Fortran passes along with the three strings. */
void dsyevr_(const char *jobz, const char *range, const char *uplo, const blasint *n, double *a,
             const blasint *lda, const double *vl, const double *vu, const blasint *il,
             const blasint *iu, const double *abstol, blasint *m, double *w, double *z,
             const blasint *ldz, blasint *isuppz, double *work, const blasint *lwork,
             blasint *iwork, const blasint *liwork, blasint *info, size_t jobz_length,
             size_t range_length, size_t uplo_length);
