// Makes one system call on files below a folder fail, for scripts/torture. Linux only:
//
//     clang -shared -fPIC -o faults.so scripts/faults.c -ldl
//     LD_PRELOAD=./faults.so FAULT_BELOW=/path/of/OUT FAULT_CALL=write FAULT_AT=3 FAULT_ERROR=28 program
//
// FAULT_CALL   open, write, fsync, rename, mkdir or unlink
// FAULT_AT     the number of the call that fails, counted from 1; 0 for none
// FAULT_ERROR  the error number; with 0, write succeeds with half of the bytes
// FAULT_LOG    a file that receives the number of these calls when the process ends
//
// Programs that the process starts do not inherit the fault.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { descriptors = 4096 };

static atomic_int count;
static atomic_bool isBelow[descriptors];
static char below[4096];
static const char *call = "";
static int at, error;

__attribute__((constructor)) static void start(void) {
  const char *folder = getenv("FAULT_BELOW"), *name = getenv("FAULT_CALL");
  if (!folder || !name) return;
  snprintf(below, sizeof below, "%s", folder);
  call = strdup(name);
  at = atoi(getenv("FAULT_AT") ?: "0");
  error = atoi(getenv("FAULT_ERROR") ?: "0");
  unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void end(void) {
  const char *log = getenv("FAULT_LOG");
  FILE *file = below[0] && log ? fopen(log, "w") : NULL;
  if (!file) return;
  fprintf(file, "%d\n", atomic_load(&count));
  fclose(file);
}

static int isOurs(const char *path) {
  return below[0] && path && strncmp(path, below, strlen(below)) == 0;
}

static int isOursAt(int descriptor) {
  return below[0] && descriptor >= 0 && descriptor < descriptors && isBelow[descriptor];
}

// Counts a call, and returns whether it is the one that fails.
static int fails(const char *name) {
  return strcmp(name, call) == 0 && atomic_fetch_add(&count, 1) + 1 == at;
}

static int remember(int descriptor, const char *path) {
  if (descriptor >= 0 && descriptor < descriptors) isBelow[descriptor] = isOurs(path);
  return descriptor;
}

static int opened(const char *path, int flags, mode_t mode) {
  static int (*real)(const char *, int, ...);
  if (!real) real = dlsym(RTLD_NEXT, "open64");
  if (isOurs(path) && fails("open")) return errno = error, -1;
  return remember(real(path, flags, mode), path);
}

int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return opened(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return opened(path, flags, mode);
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
  static ssize_t (*real)(int, const void *, size_t);
  if (!real) real = dlsym(RTLD_NEXT, "write");
  if (isOursAt(descriptor) && fails("write")) {
    if (error) return errno = error, -1;
    length = (length + 1) / 2;
  }
  return real(descriptor, bytes, length);
}

int fsync(int descriptor) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fsync");
  if (isOursAt(descriptor) && fails("fsync")) return errno = error, -1;
  return real(descriptor);
}

int rename(const char *from, const char *to) {
  static int (*real)(const char *, const char *);
  if (!real) real = dlsym(RTLD_NEXT, "rename");
  if (isOurs(to) && fails("rename")) return errno = error, -1;
  return real(from, to);
}

int renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned flags) {
  static int (*real)(int, const char *, int, const char *, unsigned);
  if (!real) real = dlsym(RTLD_NEXT, "renameat2");
  if (isOurs(to) && fails("rename")) return errno = error, -1;
  return real(fromFolder, from, toFolder, to, flags);
}

int mkdir(const char *path, mode_t mode) {
  static int (*real)(const char *, mode_t);
  if (!real) real = dlsym(RTLD_NEXT, "mkdir");
  if (isOurs(path) && fails("mkdir")) return errno = error, -1;
  return real(path, mode);
}

int unlink(const char *path) {
  static int (*real)(const char *);
  if (!real) real = dlsym(RTLD_NEXT, "unlink");
  if (isOurs(path) && fails("unlink")) return errno = error, -1;
  return real(path);
}
