"""The benchmark workloads beside hand-written vector C, alternately, one thread each.

The C is that of the four reference programs `w1/coba.cpp`, `w2/bank.cpp`, `w3/lanes_rodas.cpp` and
`w4/lanes2.cpp` in a folder that is given; it needs AVX-512. Each round runs the C and then
`afterglow bench`, so that both see the same neighbours on the machine, and the medians over rounds are
compared: for networks our time over that of the C, for ensembles our trajectories per second
over those of the C.

Compared is processor time, which other work on the machine disturbs least; the ratio of wall times
stands beside it. That of the C is of its loop alone. Ours is that of stepping a network, spikes recorded,
and of a whole ensemble with its file written.

    python3 Benchmarks/compare_speed.py --afterglow .build/release/afterglow --peers FOLDER
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

# The C is fastest with these; `-ffast-math` slows two of the four down.
FLAGS = ["-O3", "-march=native", "-ffp-contract=fast", "-fno-math-errno", "-fopenmp"]

# Name, file, what it defines, arguments, kind and limit. Ensembles may be slower by 1/limit.
WORKLOADS = [
    ("cobahh", "w1/coba.cpp", [], ["4000", "1"], "network", 1.3),
    ("burst-bank", "w2/bank.cpp", ["-DVAR=1"], ["10000", "0.025", "1000", "1"], "network", 1.2),
    ("stiff-ensemble", "w3/lanes_rodas.cpp", [], ["10000", "1e-6", "1e-9", "1"], "ensemble", 0.7),
    ("non-stiff-ensemble", "w4/lanes2.cpp", [], ["100000", "1e-6", "1e-8", "1"], "ensemble", 0.75),
]


def compile_reference(compiler, source, defines, program):
    subprocess.run(
        [compiler, "-std=gnu++17", *FLAGS, *defines, source.name, "-o", str(program), "-lm"],
        cwd=source.parent, check=True)


def run_reference(program, arguments):
    """Processor and wall seconds of one thread."""
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    text = subprocess.run(
        [str(program), *arguments], check=True, capture_output=True, text=True, env=environment,
        cwd=program.parent).stdout
    result = json.loads(next(
        line[len("RESULT "):] for line in text.splitlines() if line.startswith("RESULT ")))
    return result["cpu_s"], result["wall_s"]


def run_ours(program, name, kind):
    text = subprocess.run(
        [program, "bench", name, "--threads", "1", "--repeats", "1", "--json"], check=True,
        capture_output=True, text=True).stdout
    report = json.loads(text)
    found = report["networks" if kind == "network" else "benchmarks"][0]
    return found["processorSeconds"], found["wallSeconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--afterglow", required=True, help="the program")
    parser.add_argument("--peers", required=True, help="the folder of the C")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--compiler", default=os.environ.get("CXX", "g++"))
    parser.add_argument("workloads", nargs="*", help="by name; all if not given")
    arguments = parser.parse_args()
    peers = pathlib.Path(arguments.peers).resolve()
    unknown = set(arguments.workloads) - {workload[0] for workload in WORKLOADS}
    if unknown:
        parser.error(f"there is no workload {', '.join(sorted(unknown))}")
    missing = [source for _, source, *_ in WORKLOADS if not (peers / source).is_file()]
    if missing:
        parser.error(f"{arguments.peers} has no {', '.join(missing)}")

    print("| workload | C, s | afterglow, s | ratio | limit | ratio of wall times | |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- |", flush=True)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, source, defines, given, kind, limit in WORKLOADS:
            if arguments.workloads and name not in arguments.workloads:
                continue
            program = pathlib.Path(folder) / name
            compile_reference(arguments.compiler, peers / source, defines, program)
            rounds = []
            for _ in range(arguments.rounds):
                rounds.append(
                    (*run_reference(program, given), *run_ours(arguments.afterglow, name, kind)))
            theirs, their_wall, ours, our_wall = map(statistics.median, zip(*rounds))
            if kind == "network":
                ratio, wall, holds = ours / theirs, our_wall / their_wall, ours <= limit * theirs
                sign = "≤"
            else:
                ratio, wall, holds = theirs / ours, their_wall / our_wall, theirs >= limit * ours
                sign = "≥"
            failed += not holds
            spread = [f"{min(column):.3g} to {max(column):.3g}" for column in zip(*rounds)]
            print(
                f"| {name} | {theirs:.3g} ({spread[0]}) | {ours:.3g} ({spread[2]}) | {ratio:.2f} "
                f"| {sign} {limit} | {wall:.2f} | {'holds' if holds else 'FAILS'} |", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
