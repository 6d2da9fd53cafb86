/* Counts, breaks, or records what a process asks the disk to do below one folder; loaded with LD_PRELOAD.
 *
 * It is told what to do in a small file that is mapped and shared with the children of the process (FAULTS_ORDERS), also
 * with those that get an environment of their own; shim.py writes that file and reads the recording. Every call stands in
 * one order, which a lock keeps. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OPEN = 1, WRITE, TRUNCATE, SYNC, RENAME, LINK, UNLINK, SYMLINK, MKDIR, RMDIR, CHMOD, PUNCH, MAP, READ, LOOK, PAGE };
enum { COUNT, KILL, FAIL };
enum { RECORDING = 1, TRAIL };

struct orders {
    int32_t mode, error, record, torn;
    int64_t from, until, count;
    uint32_t calls;
    char home[500], log[500];
};
struct entry {
    uint32_t call, first, second, data;
    uint64_t inode;
    int64_t at;
};

static struct orders *orders;
static char told[PATH_MAX + 20], library[PATH_MAX + 20];
static int log_file = -1;
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static const int LOCKED_OUT = -1;

void faults_follow(const char *path) {
    int file = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    void *mapped = file < 0 ? MAP_FAILED : mmap(0, sizeof *orders, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0) close(file);
    orders = mapped == MAP_FAILED ? 0 : mapped;
    Dl_info own;
    if (orders && dladdr(&log_file, &own)) {
        snprintf(told, sizeof told, "FAULTS_ORDERS=%s", path);
        snprintf(library, sizeof library, "LD_PRELOAD=%s", own.dli_fname);
    }
    log_file = orders && orders->record ? syscall(SYS_openat, AT_FDCWD, orders->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULTS_ORDERS");
    if (path && *path) faults_follow(path);
}

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}
#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))next(#name)

static int below(const char *path) {
    size_t length = orders ? strlen(orders->home) : 0;
    return length && !strncmp(path, orders->home, length) && (path[length] == '/' || !path[length]);
}

/* Whether a descriptor, or a name in a directory, lies below the folder; `full` is its path then. */
static int of_file(int file, char *full) {
    char link[40];
    if (!orders) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, full, PATH_MAX - 1);
    if (length < 0) return 0;
    full[length] = 0;
    return below(full);
}

static int of_name(int folder, const char *name, char *full) {
    char start[PATH_MAX];
    if (!orders || !name) return 0;
    if (name[0] == '/') return snprintf(full, PATH_MAX, "%s", name), below(full);
    if (folder == AT_FDCWD) { if (!getcwd(start, sizeof start)) return 0; }
    else of_file(folder, start);
    snprintf(full, PATH_MAX, "%.2000s/%.2000s", start, name);
    return below(full);
}

/* What is due for the next call of a kind: 0 go on, an error, LOCKED_OUT for half of it first. */
static int due(int call, const char *path) {
    if (!(orders->calls >> call & 1)) return 0;
    int64_t number = __atomic_add_fetch(&orders->count, 1, __ATOMIC_SEQ_CST);
    if (orders->record == TRAIL) {
        char line[PATH_MAX + 40];
        int size = snprintf(line, sizeof line, "%ld %d %s\n", (long)number, call, path);
        if (syscall(SYS_write, log_file, line, size) != size) abort();
    }
    if (orders->mode == COUNT || number < orders->from || number > orders->until) return 0;
    if (orders->torn && call == WRITE && number == orders->from) return LOCKED_OUT;
    if (orders->mode == KILL) kill(getpid(), SIGKILL), pause();
    return orders->error;
}

/* Whether calls of a kind are looked at now: who only reads is not asked for every descriptor's name without a reason. */
static int heard(int call) { return orders && orders->calls >> call & 1; }

static void halved(void) { if (orders->mode == KILL) kill(getpid(), SIGKILL), pause(); }

static void note(int call, uint64_t inode, int64_t at, const char *first, const char *second, const void *data, size_t size) {
    if (log_file < 0 || orders->record != RECORDING) return;
    struct entry head = {call, strlen(first), strlen(second), size, inode, at};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)first, head.first}, {(void *)second, head.second}, {(void *)data, size}};
    static ssize_t (*real)(int, const struct iovec *, int);
    if (!real) real = next("writev");
    if (real(log_file, parts, 4) != (ssize_t)(sizeof head + head.first + head.second + size)) abort();
}

static uint64_t inode_of(int file) { struct stat s; return fstat(file, &s) ? 0 : s.st_ino; }
static uint64_t inode_at(const char *path) { struct stat s; return lstat(path, &s) ? 0 : s.st_ino; }

#define BEGIN(call, path) pthread_mutex_lock(&one); int fault = due(call, path)
#define END pthread_mutex_unlock(&one)
#define FAILED_BY(fault) (END, errno = (fault), -1)

/* Files are opened. `at` of the record: 1 where the file was made, 2 where it was emptied. */
static int opened(int folder, const char *name, int flags, mode_t mode) {
    REAL(openat);
    char path[PATH_MAX];
    int reads = !(flags & (O_CREAT | O_TRUNC | O_WRONLY | O_RDWR));
    if ((reads && !heard(LOOK)) || (flags & O_TMPFILE) == O_TMPFILE || !of_name(folder, name, path))
        return real(folder, name, flags, mode);
    BEGIN(reads ? LOOK : OPEN, path);
    if (fault) return FAILED_BY(fault);
    int was = access(path, F_OK) == 0, file = real(folder, name, flags, mode), kept = errno;
    int64_t what = (was ? 0 : 1) | (flags & O_TRUNC ? 2 : 0);
    if (file >= 0 && what) note(OPEN, inode_of(file), what, path, "", 0, 0);
    END;
    errno = kept;
    return file;
}
#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }
int open(const char *name, int flags, ...) { MODE return opened(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE return opened(AT_FDCWD, name, flags, mode); }
int openat(int folder, const char *name, int flags, ...) { MODE return opened(folder, name, flags, mode); }
int openat64(int folder, const char *name, int flags, ...) { MODE return opened(folder, name, flags, mode); }
int creat(const char *name, mode_t mode) { return opened(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *name, mode_t mode) { return creat(name, mode); }

DIR *opendir(const char *name) {
    REAL(opendir);
    char path[PATH_MAX];
    if (heard(LOOK) && of_name(AT_FDCWD, name, path)) {
        BEGIN(LOOK, path);
        END;
        if (fault) return errno = fault, (DIR *)0;
    }
    return real(name);
}

/* Bytes are read. What is due is asked for after all that can be known without it. */
#define READING(real_call) \
    char path[PATH_MAX]; \
    if (heard(READ) && file != log_file && of_file(file, path)) { \
        BEGIN(READ, path); \
        if (fault) return FAILED_BY(fault); \
        END; \
    } \
    return real_call
ssize_t read(int file, void *data, size_t size) { REAL(read); READING(real(file, data, size)); }
ssize_t pread(int file, void *data, size_t size, off_t at) { REAL(pread); READING(real(file, data, size, at)); }
ssize_t pread64(int file, void *data, size_t size, off_t at) { REAL(pread); READING(real(file, data, size, at)); }
ssize_t readv(int file, const struct iovec *parts, int many) { REAL(readv); READING(real(file, parts, many)); }
ssize_t preadv(int file, const struct iovec *parts, int many, off_t at) { REAL(preadv); READING(real(file, parts, many, at)); }
ssize_t preadv64(int file, const struct iovec *parts, int many, off_t at) { REAL(preadv); READING(real(file, parts, many, at)); }

/* Bytes are written: to the place `at`, or with -1 where the file stands. */
static ssize_t written(int file, const struct iovec *parts, int many, off_t at) {
    REAL(pwritev);
    static ssize_t (*plain)(int, const struct iovec *, int);
    if (!plain) plain = next("writev");
    char path[PATH_MAX];
    if (file == log_file || !of_file(file, path)) return at < 0 ? plain(file, parts, many) : real(file, parts, many, at);
    BEGIN(WRITE, path);
    struct iovec half = {parts[0].iov_base, (parts[0].iov_len + 1) / 2};
    if (fault == LOCKED_OUT) parts = &half, many = 1;
    else if (fault) return FAILED_BY(fault);
    ssize_t size = at < 0 ? plain(file, parts, many) : real(file, parts, many, at);
    int kept = errno;
    if (fault == LOCKED_OUT) halved();
    if (size > 0 && log_file >= 0) {
        char *data = malloc(size);
        off_t start = at < 0 ? lseek(file, 0, SEEK_CUR) - size : at;
        for (ssize_t done = 0, i = 0; done < size; i++) {
            size_t piece = parts[i].iov_len < (size_t)(size - done) ? parts[i].iov_len : (size_t)(size - done);
            memcpy(data + done, parts[i].iov_base, piece);
            done += piece;
        }
        note(WRITE, inode_of(file), start, path, "", data, size);
        free(data);
    }
    END;
    errno = kept;
    return size;
}
ssize_t write(int file, const void *data, size_t size) { struct iovec part = {(void *)data, size}; return written(file, &part, 1, -1); }
ssize_t pwrite(int file, const void *data, size_t size, off_t at) { struct iovec part = {(void *)data, size}; return written(file, &part, 1, at); }
ssize_t pwrite64(int file, const void *data, size_t size, off_t at) { return pwrite(file, data, size, at); }
ssize_t writev(int file, const struct iovec *parts, int many) { return written(file, parts, many, -1); }
ssize_t pwritev(int file, const struct iovec *parts, int many, off_t at) { return written(file, parts, many, at); }
ssize_t pwritev64(int file, const struct iovec *parts, int many, off_t at) { return written(file, parts, many, at); }

/* The kernel copies between files: read here and written as any other bytes, one piece a call. */
static ssize_t copied(int into, int from, off_t *offset, size_t size) {
    char *piece = malloc(size < 1 << 20 ? size : 1 << 20);
    ssize_t got = offset ? pread(from, piece, size < 1 << 20 ? size : 1 << 20, *offset) : read(from, piece, size < 1 << 20 ? size : 1 << 20);
    struct iovec part = {piece, got > 0 ? got : 0};
    ssize_t done = got > 0 ? written(into, &part, 1, -1) : got;
    int kept = errno;
    if (!offset && got > 0 && done < got) lseek(from, (done > 0 ? done : 0) - got, SEEK_CUR);
    if (offset && done > 0) *offset += done;
    free(piece);
    errno = kept;
    return done;
}
ssize_t sendfile(int into, int from, off_t *offset, size_t size) {
    REAL(sendfile);
    char path[PATH_MAX];
    return of_file(into, path) ? copied(into, from, offset, size) : real(into, from, offset, size);
}
ssize_t sendfile64(int into, int from, off_t *offset, size_t size) { return sendfile(into, from, offset, size); }
ssize_t copy_file_range(int from, off_t *start, int into, off_t *end, size_t size, unsigned flags) {
    REAL(copy_file_range);
    char path[PATH_MAX];
    if (of_file(into, path)) return errno = ENOSYS, -1;
    return real(from, start, into, end, size, flags);
}

/* What has one descriptor and nothing to return. */
#define ON_FILE(call, at, doing) \
    char path[PATH_MAX]; \
    if (!of_file(file, path)) return doing; \
    BEGIN(call, path); \
    if (fault) return FAILED_BY(fault); \
    int done = doing, kept = errno; \
    if (!done) note(call, inode_of(file), at, path, "", 0, 0); \
    END; \
    errno = kept; \
    return done
int fsync(int file) { REAL(fsync); ON_FILE(SYNC, 0, real(file)); }
int fdatasync(int file) { REAL(fdatasync); ON_FILE(SYNC, 0, real(file)); }
int syncfs(int file) { REAL(syncfs); return real(file); }
int ftruncate(int file, off_t size) { REAL(ftruncate); ON_FILE(TRUNCATE, size, real(file, size)); }
int ftruncate64(int file, off_t size) { return ftruncate(file, size); }
int fchmod(int file, mode_t mode) { REAL(fchmod); ON_FILE(CHMOD, mode, real(file, mode)); }
int fallocate(int file, int mode, off_t at, off_t size) {
    REAL(fallocate);
    char path[PATH_MAX];
    if (!of_file(file, path)) return real(file, mode, at, size);
    if (!(mode & FALLOC_FL_PUNCH_HOLE)) return errno = EOPNOTSUPP, -1;
    BEGIN(PUNCH, path);
    if (fault) return FAILED_BY(fault);
    int done = real(file, mode, at, size), kept = errno;
    if (!done) note(PUNCH, inode_of(file), at, path, "", &size, sizeof size);
    END;
    errno = kept;
    return done;
}
int fallocate64(int file, int mode, off_t at, off_t size) { return fallocate(file, mode, at, size); }
int posix_fallocate(int file, off_t at, off_t size) { REAL(posix_fallocate); char p[PATH_MAX]; return of_file(file, p) ? EOPNOTSUPP : real(file, at, size); }
int posix_fallocate64(int file, off_t at, off_t size) { return posix_fallocate(file, at, size); }
/* Pages that cannot be read, as those of a file on a bad disk: who touches one gets SIGBUS. */
static void *bad_pages(void *where, size_t size, int rights, int flags) {
    int nothing = memfd_create("bad", MFD_CLOEXEC);
    void *mapped = (void *)syscall(SYS_mmap, where, size, rights, flags, nothing, 0);
    close(nothing);
    return mapped;
}
void *mmap(void *where, size_t size, int rights, int flags, int file, off_t at) {
    static void *(*real)(void *, size_t, int, int, int, off_t);
    if (!real) real = next("mmap");
    char path[PATH_MAX];
    if (file >= 0 && flags & MAP_SHARED && rights & PROT_WRITE && of_file(file, path)) note(MAP, inode_of(file), 0, path, "", 0, 0);
    if (file >= 0 && !(rights & PROT_EXEC) && heard(PAGE) && of_file(file, path)) {
        BEGIN(PAGE, path);
        END;
        if (fault) return bad_pages(where, size, rights, flags);
    }
    return real(where, size, rights, flags, file, at);
}
void *mmap64(void *where, size_t size, int rights, int flags, int file, off_t at) { return mmap(where, size, rights, flags, file, at); }

/* What has one name. */
static int named(int call, int folder, const char *name, int64_t more, const char *text, int (*doing)(int, const char *, int64_t, const char *)) {
    char path[PATH_MAX];
    if (!of_name(folder, name, path)) return doing(folder, name, more, text);
    BEGIN(call, path);
    if (fault) return FAILED_BY(fault);
    uint64_t before = inode_at(path);
    int done = doing(folder, name, more, text), kept = errno;
    if (!done) note(call, call == UNLINK || call == RMDIR ? before : inode_at(path), more, path, text, 0, 0);
    END;
    errno = kept;
    return done;
}
static int do_unlink(int folder, const char *name, int64_t flags, const char *t) { REAL(unlinkat); (void)t; return real(folder, name, flags); }
static int do_mkdir(int folder, const char *name, int64_t mode, const char *t) { REAL(mkdirat); (void)t; return real(folder, name, mode); }
static int do_symlink(int folder, const char *name, int64_t m, const char *text) { REAL(symlinkat); (void)m; return real(text, folder, name); }
static int do_chmod(int folder, const char *name, int64_t mode, const char *t) { REAL(fchmodat); (void)t; return real(folder, name, mode, 0); }
static int do_truncate(int f, const char *name, int64_t size, const char *t) { REAL(truncate); (void)f; (void)t; return real(name, size); }
int unlinkat(int folder, const char *name, int flags) { return named(flags & AT_REMOVEDIR ? RMDIR : UNLINK, folder, name, flags, "", do_unlink); }
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }
int remove(const char *name) { struct stat s; return !lstat(name, &s) && S_ISDIR(s.st_mode) ? rmdir(name) : unlink(name); }
int mkdirat(int folder, const char *name, mode_t mode) { return named(MKDIR, folder, name, mode, "", do_mkdir); }
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }
int symlinkat(const char *text, int folder, const char *name) { return named(SYMLINK, folder, name, 0, text, do_symlink); }
int symlink(const char *text, const char *name) { return symlinkat(text, AT_FDCWD, name); }
int fchmodat(int folder, const char *name, mode_t mode, int flags) { (void)flags; return named(CHMOD, folder, name, mode, "", do_chmod); }
int chmod(const char *name, mode_t mode) { return fchmodat(AT_FDCWD, name, mode, 0); }
int truncate(const char *name, off_t size) { return named(TRUNCATE, AT_FDCWD, name, size, "", do_truncate); }
int truncate64(const char *name, off_t size) { return truncate(name, size); }

/* What has two names. */
static int paired(int call, int a, const char *from, int b, const char *to, unsigned flags) {
    static int (*rename2)(int, const char *, int, const char *, unsigned);
    static int (*link4)(int, const char *, int, const char *, int);
    if (!rename2) rename2 = next("renameat2"), link4 = next("linkat");
    char first[PATH_MAX], second[PATH_MAX];
    int ours = of_name(a, from, first) | of_name(b, to, second);
#define DO (call == RENAME ? rename2(a, from, b, to, flags) : link4(a, from, b, to, flags))
    if (!ours) return DO;
    BEGIN(call, first);
    if (fault) return FAILED_BY(fault);
    uint64_t inode = inode_at(first);
    int done = DO, kept = errno;
    if (!done) note(call, inode, flags, first, second, 0, 0);
    END;
    errno = kept;
    return done;
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) { return paired(RENAME, a, from, b, to, flags); }
int renameat(int a, const char *from, int b, const char *to) { return paired(RENAME, a, from, b, to, 0); }
int rename(const char *from, const char *to) { return paired(RENAME, AT_FDCWD, from, AT_FDCWD, to, 0); }
int linkat(int a, const char *from, int b, const char *to, int flags) { return paired(LINK, a, from, b, to, flags); }
int link(const char *from, const char *to) { return paired(LINK, AT_FDCWD, from, AT_FDCWD, to, 0); }

/* Another program begins: with the environment it is given, and this library. */
int execve(const char *path, char *const arguments[], char *const environment[]) {
    REAL(execve);
    size_t many = 0, kept = 0;
    while (environment && environment[many]) many++;
    char *given[many + 3];
    for (size_t i = 0; i < many; i++)
        if (strncmp(environment[i], "LD_PRELOAD=", 11) && strncmp(environment[i], "FAULTS_ORDERS=", 14)) given[kept++] = environment[i];
    if (!orders) return real(path, arguments, environment);
    given[kept++] = library, given[kept++] = told, given[kept] = 0;
    return real(path, arguments, given);
}
