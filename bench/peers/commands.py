"""Command line programs, started anew for every image, as they are used: vipsthumbnail and ImageMagick.

Arguments: PROGRAM FILE OUTPUT BOXES. Speaks with the benchmark in lines, as every worker does: see worker-process.ts.
CPU and memory are those of the programs, not of this script.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time

program, file, output, boxes = sys.argv[1:5]
BOXES = boxes.split(",")
SUFFIX = {"jpeg": "jpg", "png": "png"}[output]


def vipsthumbnail(directory):
    options = {"jpeg": "[Q=85,strip,background=255]", "png": "[compression=6,strip]"}[output]
    for index, box in enumerate(BOXES):
        target = f"{directory}/{index}.{SUFFIX}{options}"
        yield [program, "--vips-concurrency=1", "--size", f"{box}>", "-o", target, file]


def convert(directory):
    largest = max(BOXES, key=lambda box: int(box.split("x")[0]))
    width, height = (2 * int(side) for side in largest.split("x"))
    command = [program, "-limit", "thread", "1", "-define", f"jpeg:size={width}x{height}", f"{file}[0]", "-auto-orient"]
    # 8-bit sRGB without profiles, as everyone else delivers.
    command += ["-colorspace", "sRGB", "-strip", "-depth", "8", "-quality", {"jpeg": "85", "png": "60"}[output]]
    if output == "jpeg":
        command += ["-background", "white", "-alpha", "remove"]
    ordered = sorted(enumerate(BOXES), key=lambda entry: -int(entry[1].split("x")[0]))
    for index, box in ordered[:-1]:
        command += ["-resize", f"{box}>", "-write", f"{directory}/{index}.{SUFFIX}"]
    index, box = ordered[-1]
    yield command + ["-resize", f"{box}>", f"{directory}/{index}.{SUFFIX}"]


COMMANDS = vipsthumbnail if os.path.basename(program) == "vipsthumbnail" else convert


def render(directory):
    for command in COMMANDS(directory):
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode(errors="replace").strip().splitlines()[-1])
    return sum(os.path.getsize(f"{directory}/{index}.{SUFFIX}") for index in range(len(BOXES)))


def programs_cpu_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(iterations, directory):
    cpu, wall = programs_cpu_s(), time.perf_counter()
    for _ in range(iterations):
        size = render(directory)
    cpu, wall = programs_cpu_s() - cpu, time.perf_counter() - wall
    peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "cpuMs": cpu * 1000 / iterations,
        "wallMs": wall * 1000 / iterations,
        "bytes": size,
        "peakMb": peak_kb / 1024,
    }


def write(target, directory):
    render(directory)
    for index in range(len(BOXES)):
        os.replace(f"{directory}/{index}.{SUFFIX}", f"{target}/{index}")
    return {}


def say(answer):
    print(json.dumps(answer), flush=True)


# The benchmark ends its workers by this signal, which would leave the directory behind.
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
with tempfile.TemporaryDirectory(prefix="bench-commands-") as scratch:
    try:
        render(scratch)
    except Exception as error:
        say({"error": str(error)[:200]})
        sys.exit()
    say({})
    for line in sys.stdin:
        verb, argument = line.rstrip("\n").split(" ", 1)
        say(run(int(argument), scratch) if verb == "run" else write(argument, scratch))
