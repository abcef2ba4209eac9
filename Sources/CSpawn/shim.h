// Functions of glibc (2.29 or newer) that Swift's Glibc module leaves out, because their headers declare
// them only with _GNU_SOURCE.
#include <spawn.h>

#ifdef __linux__
int pipe2(int ends[2], int flags);
int syncfs(int descriptor);
int renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned int flags);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
#endif
