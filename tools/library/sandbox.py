"""Takes from a reader process what it does not need: network, writing, other programs, memory without end.

Linux: resource limits, a seccomp filter for the whole process, and for each request a Landlock rule set that leaves
only the one file readable. Other POSIX systems: resource limits. Elsewhere: nothing. `Protections` says honestly which
apply. Knows nothing of formats or requests.

Source:
    Landlock and seccomp as the Linux manual pages landlock(7) and seccomp(2) define them.
"""

from __future__ import annotations

import ctypes
import os
import platform
import stat
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sourcehound.tools.library.limits import Limits

_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER = 1
_FILTER_ALL_THREADS = 1
_ALLOW, _REFUSE, _NO_SUCH_CALL = 0x7FFF0000, 0x00050001, 0x00050026  # errno EPERM, errno ENOSYS
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06  # classic BPF: BPF_LD|W|ABS, JMP|JEQ|K, JMP|JSET|K, RET|K
_NR_AT, _ARCH_AT, _ARG0_AT, _ARG_BYTES = 0, 4, 16, 8
_CLONE_THREAD = 0x10000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
# numbers of system calls: (x86_64, aarch64), None where that machine has none
_Number = tuple[int | None, int | None]
_SECCOMP: _Number = (317, 277)
_OPEN: _Number = (2, None)
_OPENAT: _Number = (257, 56)
_CLONE: _Number = (56, 220)
_SIGNALS: tuple[_Number, ...] = (
    (62, 129),
    (234, 131),
    (297, 240),
    (129, 138),
)  # kill tgkill rt_tgsigqueueinfo rt_sigqueueinfo
_ABSENT: tuple[_Number, ...] = ((437, 437), (435, 435))  # openat2 clone3: callers fall back to openat and clone
_REFUSED: tuple[_Number, ...] = (
    *((41, 198), (53, 199), (49, 200), (50, 201), (43, 202), (288, 242), (42, 203)),  # socket … connect
    *((44, 206), (46, 211), (307, 269), (425, 425)),  # sendto sendmsg sendmmsg io_uring_setup
    *(
        (59, 221),
        (322, 281),
        (57, None),
        (58, None),
        (101, 117),
        (310, 270),
        (311, 271),
    ),  # execve fork ptrace process_vm_*
    *((200, 130), (424, 424), (434, 434), (438, 438)),  # tkill pidfd_*
    *(
        (272, 97),
        (308, 268),
        (165, 40),
        (166, 39),
        (161, 51),
        (155, 41),
    ),  # unshare setns mount umount2 chroot pivot_root
    *(
        (321, 280),
        (298, 241),
        (323, 282),
        (250, 219),
        (248, 217),
        (249, 218),
        (304, 265),
    ),  # bpf perf keys open_by_handle_at
    *((85, None), (87, None), (263, 35), (82, None), (264, 38), (316, 276)),  # creat unlink rename
    *((83, None), (258, 34), (84, None), (88, None), (266, 36), (86, None), (265, 37)),  # mkdir rmdir symlink link
    *((133, None), (259, 33), (76, 45), (90, None), (91, 52), (268, 53)),  # mknod truncate chmod
    *((92, None), (93, 55), (94, None), (260, 54), (132, None), (235, None), (280, 88), (261, None)),  # chown utime
    *((188, 5), (189, 6), (190, 7), (197, 14), (198, 15), (199, 16)),  # setxattr removexattr
)
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_VERSION_QUERY, _LANDLOCK_PATH_BENEATH = 1, 1
_EXECUTE, _READ_FILE, _READ_DIR = 1, 1 << 2, 1 << 3
# every file access that each version of Landlock knows, as a mask; later versions keep the last
_LANDLOCK_FILE_ACCESS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}
_LANDLOCK_NEWEST_MASK = 0xFFFF
_STDERR_BYTES = 1 << 20
_OPEN_FILES = 128
_NICENESS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Protections:
    """What holds for a reader process here; each is True only if the system confirmed it.

    Attributes:
        limits: memory, processor time, open files and core dumps are limited.
        no_network: no sockets, no other programs, no signals to others, no writing (seccomp).
        one_file: during a request only its file can be read, beside the program's own libraries (Landlock).
    """

    limits: bool = False
    no_network: bool = False
    one_file: bool = False


def confine_process(limits: Limits) -> Protections:
    """Confine this process for good. Call it once, after the imports that need more."""
    limited = _set_limits(limits)
    return Protections(limits=limited, no_network=_filter_calls(), one_file=landlock_version() > 0)


def allow_seconds(seconds: float) -> None:
    """Let this process use that much more processor time before the system stops it."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def confine_thread(files: Iterable[str], folders: Iterable[str]) -> bool:
    """Leave to this thread, and threads it starts, only these files, these folders' names, and the program's libraries.

    Args:
        files: absolute paths of files that may be read.
        folders: absolute paths of folders that may be listed; the files in them stay closed.

    Returns:
        Whether the system took the rules; False where it has no Landlock.
    """
    version = landlock_version()
    if version <= 0:
        return False
    handled = _LANDLOCK_FILE_ACCESS.get(version, _LANDLOCK_NEWEST_MASK)
    attributes = struct.pack("=Q", handled)
    libc = ctypes.CDLL(None, use_errno=True)
    rules = libc.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        return False
    try:
        for path in _library_folders():
            _add_rule(libc, rules, path, _EXECUTE | _READ_FILE | _READ_DIR)
        for path in folders:
            _add_rule(libc, rules, path, _READ_DIR)
        for path in files:
            _add_rule(libc, rules, path, _READ_FILE)
        return libc.syscall(_LANDLOCK_RESTRICT, rules, 0) == 0
    finally:
        os.close(rules)


def _add_rule(libc: ctypes.CDLL, rules: int, path: str, access: int) -> None:
    flags = os.O_PATH | os.O_CLOEXEC | (os.O_NOFOLLOW if access == _READ_FILE else 0)
    try:
        handle = os.open(path, flags)
    except OSError:
        return  # what is not there needs no rule
    try:
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            access &= _EXECUTE | _READ_FILE
        libc.syscall(_LANDLOCK_ADD, rules, _LANDLOCK_PATH_BENEATH, struct.pack("=Qi", access, handle), 0)
    finally:
        os.close(handle)


def _library_folders() -> tuple[str, ...]:
    import sourcehound.tools

    own = [str(Path(folder).resolve()) for folder in sourcehound.tools.__path__]
    system = [
        "/usr",
        "/lib",
        "/lib64",
        "/etc/ld.so.cache",
        "/nix/store",
        "/proc/self",
        "/sys/devices/system/cpu",
        "/dev/urandom",
    ]
    return tuple(dict.fromkeys([sys.prefix, sys.base_prefix, *filter(os.path.isdir, sys.path), *own, *system]))


def landlock_version() -> int:
    """The version of Landlock that the kernel offers, 0 or below for none."""
    if sys.platform != "linux":
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    return int(libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION_QUERY))


def _set_limits(limits: Limits) -> bool:
    if sys.platform == "win32":
        return False
    import resource

    os.nice(_NICENESS)
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_FSIZE: _STDERR_BYTES,
        resource.RLIMIT_AS: limits.memory_bytes,
    }
    for which, asked in wanted.items():
        hard = resource.getrlimit(which)[1]
        most = asked if hard == resource.RLIM_INFINITY else min(asked, hard)
        try:
            resource.setrlimit(which, (most, most))
        except (ValueError, OSError):
            return False  # macOS refuses a limit of the address space
    return True


def _filter_calls() -> bool:
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None or sys.maxsize < 1 << 32:
        return False
    arch, column = machine
    code = b"".join(struct.pack("=HBBI", *step) for step in filter_program(arch, column))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    return libc.syscall(_SECCOMP[column], _SET_MODE_FILTER, _FILTER_ALL_THREADS, program) == 0


def filter_program(arch: int, column: int) -> list[tuple[int, int, int, int]]:
    """The filter as steps of classic BPF: (code, jump if true, jump if false, constant)."""
    steps = [(_LOAD, 0, 0, _ARCH_AT), (_EQUAL, 1, 0, arch), (_RETURN, 0, 0, _REFUSE), (_LOAD, 0, 0, _NR_AT)]
    if column == 0:
        steps += [(0x35, 0, 1, 0x40000000), (_RETURN, 0, 0, _REFUSE)]  # x32 calls, numbered from bit 30 up

    def when(number: int | None, block: list[tuple[int, int, int, int]]) -> None:
        if number is not None:
            steps.extend([(_EQUAL, 0, len(block), number), *block])

    def argument(index: int) -> tuple[int, int, int, int]:
        return (_LOAD, 0, 0, _ARG0_AT + index * _ARG_BYTES)

    allow, refuse = (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)
    when(_OPEN[column], [argument(1), (_ANY_BIT, 1, 0, _WRITES), allow, refuse])
    when(_OPENAT[column], [argument(2), (_ANY_BIT, 1, 0, _WRITES), allow, refuse])
    when(_CLONE[column], [argument(0), (_ANY_BIT, 0, 1, _CLONE_THREAD), allow, refuse])
    for number in _SIGNALS:  # to itself only: abort() needs that
        when(number[column], [argument(0), (_EQUAL, 0, 1, os.getpid()), allow, refuse])
    for number in _ABSENT:
        when(number[column], [(_RETURN, 0, 0, _NO_SUCH_CALL)])
    for number in _REFUSED:
        when(number[column], [refuse])
    return [*steps, allow]
