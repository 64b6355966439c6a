"""The same networks here and in Brian2, with random draws of their own, side by side.

Each network is run once for each seed in both simulators. A statistic of the one is compared with that of
the other by how much it varies from seed to seed: z is the difference of the means over its standard
error, sqrt((s1^2 + s2^2)/n). Networks that are alike in law exceed |z| = 3.5 in 0.4 % of the rows
with 8 seeds and in 0.15 % with 16 (Student's t with 14 and 30 degrees of freedom).

    python compare_networks.py --afterglow .build/release/afterglow
"""

import argparse
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np

from statistics_of_spikes import Trains, correlation, interval_cv, rate

STEP = 1e-4
FIRST, END = 2000, 12000
BIN = 50
LIMIT = 3.5
SEEDS = {"cobahh": 16, "brunel": 8}
CELLS = {"cobahh": (3200, 800), "brunel": (10000, 2500)}
TITLES = {"cobahh": "COBAHH, 4,000 cells", "brunel": "Brunel, asynchronous irregular, 12,500 cells"}
HERE = pathlib.Path(__file__).resolve().parent


def statistics(populations):
    found = {}
    for name, trains in populations.items():
        found[f"{name}_rate"] = rate(trains, FIRST, END, STEP)
        found[f"{name}_cv"] = interval_cv(trains, FIRST, END)
        found[f"{name}_correlation"] = correlation(trains, FIRST, END, BIN)
    return found


def brian(job):
    """Runs in a process of its own."""
    from brian_networks import NETWORKS

    name, seed = job
    return statistics(NETWORKS[name](seed, END * STEP * 1e3))


def ours(program, name, seed, folder):
    """Statistics from the spikes in the result file, and those that it holds itself."""
    path = pathlib.Path(folder) / f"{name}-{seed}.h5"
    subprocess.run(
        [program, "run", str(HERE / f"{name}.yaml"), "--seed", str(seed), "-o", str(path),
         "--quiet"], check=True)
    populations = {}
    with h5py.File(path) as file:
        for population, count in zip(("excitatory", "inhibitory"), CELLS[name]):
            group = file["spikes"][population]
            steps = np.rint(group["timestamps"][()] / (STEP * 1e3))
            populations[population] = Trains(group["node_ids"][()], steps, count)
        found = statistics(populations)
        own = {key: float(np.ravel(file[key][()])[0]) for key in found}
    path.unlink()
    return found, own


def table(name, ours_of_seeds, brians_of_seeds):
    rows = []
    count = len(ours_of_seeds)
    for key in ours_of_seeds[0]:
        a = np.array([found[key] for found in ours_of_seeds])
        b = np.array([found[key] for found in brians_of_seeds])
        error = np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / count)
        rows.append({
            "network": name, "statistic": key.replace("_", " "),
            "afterglow": a.mean(), "afterglow_deviation": a.std(ddof=1),
            "brian2": b.mean(), "brian2_deviation": b.std(ddof=1),
            "error_percent": 100 * error / abs(b.mean()), "z": (a.mean() - b.mean()) / error})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--afterglow", required=True, help="the program")
    parser.add_argument("--seeds", type=int, help="how many seeds, for every network")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--networks", nargs="*", default=list(CELLS), choices=list(CELLS))
    parser.add_argument("--processes", type=int, default=2, help="how many of Brian2 at a time")
    parser.add_argument("--json", help="a file for the numbers of each seed")
    arguments = parser.parse_args()
    if arguments.seeds is not None and arguments.seeds < 2:
        parser.error("a deviation needs two seeds or more")

    everything, failed = {}, 0
    for name in arguments.networks:
        count = arguments.seeds or SEEDS[name]
        seeds = range(arguments.first_seed, arguments.first_seed + count)
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            pairs = [ours(arguments.afterglow, name, seed, folder) for seed in seeds]
        middle = time.monotonic()
        # A first run alone, which compiles, so that processes do not compile the same at once.
        jobs = [(name, seed) for seed in seeds]
        with concurrent.futures.ProcessPoolExecutor(1) as pool:
            theirs = list(pool.map(brian, jobs[:1]))
        with concurrent.futures.ProcessPoolExecutor(arguments.processes) as pool:
            theirs += list(pool.map(brian, jobs[1:]))
        end = time.monotonic()

        found = [pair[0] for pair in pairs]
        # A statistic worked out twice from the same spikes, here and by the program.
        worst = max(
            abs(mine[key] - own[key]) / max(abs(own[key]), 1e-3)
            for mine, own in pairs for key in mine)
        rows = table(name, found, theirs)
        everything[name] = {"afterglow": found, "brian2": theirs, "rows": rows}
        print(f"\n{TITLES[name]}: {len(seeds)} seeds, 0.2 to 1.2 s; "
              f"afterglow {middle - start:.0f} s, Brian2 {end - middle:.0f} s")
        print("| statistic | afterglow | deviation | Brian2 | deviation | standard error | z | |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
        for row in rows:
            agrees = abs(row["z"]) < LIMIT
            failed += not agrees
            print(
                f"| {row['statistic']} | {row['afterglow']:.5g} | {row['afterglow_deviation']:.2g} "
                f"| {row['brian2']:.5g} | {row['brian2_deviation']:.2g} "
                f"| {row['error_percent']:.2g} % | {row['z']:+.2f} "
                f"| {'agrees' if agrees else 'DIFFERS'} |")
        print(f"The program's own statistics are those of its spikes to {worst:.1e}.", flush=True)
        if worst > 1e-6:
            failed += 1
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(everything, indent=1))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
