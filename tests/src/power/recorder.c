/*
 * What a process does to the files of one folder, in the order it does it. Loaded before libc (LD_PRELOAD), it appends
 * every write, truncation, sync and deletion below BELLWETHER_POWER_FOLDER to the file BELLWETHER_POWER_RECORDING;
 * ../power.rs plays a recording back up to a power cut. Shared memory (`-shm`) is not a file to a power cut and is left out.
 *
 * While the file BELLWETHER_POWER_TROUBLE begins with 'f' the disk is full: writes fail; with 's' syncs fail.
 *
 * An entry: kind, length of the path, offset, length of the data (four little-endian u64), the path, the data.
 * One lock is held over the act and its entry, so the recording has the order of the acts, and a sync covers exactly the
 * writes above it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { WRITE = 1, TRUNCATE = 2, SYNC = 3, DELETE = 4 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static size_t folder_length;
static const char *trouble;
static int recording = -1;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("BELLWETHER_POWER_RECORDING");
    folder = getenv("BELLWETHER_POWER_FOLDER");
    trouble = getenv("BELLWETHER_POWER_TROUBLE");
    if (path == NULL || folder == NULL) return;
    folder_length = strlen(folder);
    recording = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (recording < 0) {
        perror("the recording cannot be opened");
        abort();
    }
}

static int is_ours(const char *path) {
    size_t length = strlen(path);
    int is_shared_memory = length > 4 && strcmp(path + length - 4, "-shm") == 0;
    return strncmp(path, folder, folder_length) == 0 && !is_shared_memory;
}

/* The path of a file that is ours, or nothing. */
static int path_of(int fd, char path[PATH_MAX]) {
    char link[64];
    if (recording < 0) return 0;
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    errno = before;
    if (length < 0) return 0;
    path[length] = 0;
    return is_ours(path);
}

static int has_trouble(char kind) {
    char now = 0;
    int before = errno;
    int fd = trouble == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, trouble, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        if (syscall(SYS_read, fd, &now, 1) != 1) now = 0;
        close(fd);
    }
    errno = before;
    return now == kind;
}

static int fail(int error) {
    errno = error;
    return -1;
}

static void enter(enum kind kind, const char *path, uint64_t offset, const void *data, uint64_t length) {
    int before = errno;
    uint64_t head[4] = {kind, strlen(path), offset, length};
    struct iovec parts[3] = {{head, sizeof head}, {(void *)path, head[1]}, {(void *)data, length}};
    uint64_t all = sizeof head + head[1] + length;
    if (syscall(SYS_writev, recording, parts, 3) != (long)all) {
        /* A recording with a hole would judge wrongly. */
        abort();
    }
    errno = before;
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define ACT(result, act, ok, ...)                \
    pthread_mutex_lock(&lock);                   \
    result = act;                                \
    if (ok) enter(__VA_ARGS__);                  \
    pthread_mutex_unlock(&lock)

ssize_t write(int fd, const void *data, size_t length) {
    char path[PATH_MAX];
    REAL(write);
    if (!path_of(fd, path)) return real(fd, data, length);
    if (has_trouble('f')) return fail(ENOSPC);
    ssize_t written;
    ACT(written, real(fd, data, length), written > 0, WRITE, path, (uint64_t)(lseek(fd, 0, SEEK_CUR) - written), data, (uint64_t)written);
    return written;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    char path[PATH_MAX];
    REAL(pwrite64);
    if (!path_of(fd, path)) return real(fd, data, length, offset);
    if (has_trouble('f')) return fail(ENOSPC);
    ssize_t written;
    ACT(written, real(fd, data, length, offset), written > 0, WRITE, path, (uint64_t)offset, data, (uint64_t)written);
    return written;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

int ftruncate64(int fd, off64_t length) {
    char path[PATH_MAX];
    REAL(ftruncate64);
    if (!path_of(fd, path)) return real(fd, length);
    int failed;
    ACT(failed, real(fd, length), !failed, TRUNCATE, path, (uint64_t)length, "", 0);
    return failed;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int fsync(int fd) {
    char path[PATH_MAX];
    REAL(fsync);
    if (!path_of(fd, path)) return real(fd);
    if (has_trouble('s')) return fail(EIO);
    int failed;
    ACT(failed, real(fd), !failed, SYNC, path, 0, "", 0);
    return failed;
}

int fdatasync(int fd) {
    char path[PATH_MAX];
    REAL(fdatasync);
    if (!path_of(fd, path)) return real(fd);
    if (has_trouble('s')) return fail(EIO);
    int failed;
    ACT(failed, real(fd), !failed, SYNC, path, 0, "", 0);
    return failed;
}

int unlink(const char *path) {
    REAL(unlink);
    if (recording < 0 || !is_ours(path)) return real(path);
    int failed;
    ACT(failed, real(path), !failed, DELETE, path, 0, "", 0);
    return failed;
}
