// The functions of MPI that a training run on several processes needs. Its constants are macros, which Swift does not
// see.
#ifndef CMPI_PROCESSES_H
#define CMPI_PROCESSES_H

#include <mpi.h>

// Starts MPI for calls from one thread; returns 0 or an error code. Later errors are returned too.
static inline int cmpi_start(int *rank, int *count) {
  int provided = 0;
  int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
  if (code == MPI_SUCCESS && provided < MPI_THREAD_FUNNELED) code = MPI_ERR_OTHER;
  if (code == MPI_SUCCESS) code = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  if (code == MPI_SUCCESS) code = MPI_Comm_rank(MPI_COMM_WORLD, rank);
  if (code == MPI_SUCCESS) code = MPI_Comm_size(MPI_COMM_WORLD, count);
  return code;
}

// Sends bytes to the process `partner` and receives bytes from it; returns 0 or an error code.
static inline int cmpi_exchange(
    const void *sent, int sent_count, void *received, int received_count, int partner) {
  return MPI_Sendrecv(
      sent, sent_count, MPI_BYTE, partner, 0, received, received_count, MPI_BYTE, partner, 0,
      MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

// An exchange that goes on beside others: its sending and its receiving.
typedef struct {
  MPI_Request requests[2];
} cmpi_pending;

// Begins an exchange with `partner`, which both call with the same tag above 0; returns 0 or an error code.
static inline int cmpi_begin(
    const void *sent, int sent_count, void *received, int received_count, int partner, int tag,
    cmpi_pending *pending) {
  int code = MPI_Irecv(
      received, received_count, MPI_BYTE, partner, tag, MPI_COMM_WORLD, &pending->requests[0]);
  if (code != MPI_SUCCESS) return code;
  return MPI_Isend(
      sent, sent_count, MPI_BYTE, partner, tag, MPI_COMM_WORLD, &pending->requests[1]);
}

// Whether an exchange is complete; returns 0 or an error code.
static inline int cmpi_test(cmpi_pending *pending, int *is_complete) {
  return MPI_Testall(2, pending->requests, is_complete, MPI_STATUSES_IGNORE);
}

// Waits for an exchange; returns 0 or an error code.
static inline int cmpi_wait(cmpi_pending *pending) {
  return MPI_Waitall(2, pending->requests, MPI_STATUSES_IGNORE);
}

// Writes the text of an error code to `text`, which has room for `MPI_MAX_ERROR_STRING` bytes.
static inline void cmpi_describe(int code, char *text) {
  int length = 0;
  if (MPI_Error_string(code, text, &length) != MPI_SUCCESS) text[0] = 0;
}

// Ends MPI, once all processes have called it.
static inline void cmpi_finish(void) { MPI_Finalize(); }

// Ends all processes.
static inline void cmpi_abort(void) { MPI_Abort(MPI_COMM_WORLD, 1); }

#endif
