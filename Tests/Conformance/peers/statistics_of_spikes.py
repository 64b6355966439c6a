"""Statistics of spike trains on a grid of time; the same code for every simulator."""

import numpy as np


class Trains:
    """The spikes of a population: cells from 0, and the number of the step at whose end they are."""

    def __init__(self, cells, steps, cell_count):
        order = np.lexsort((steps, cells))
        self.cells = np.asarray(cells, dtype=np.int64)[order]
        self.steps = np.asarray(steps, dtype=np.int64)[order]
        self.cell_count = cell_count

    def window(self, first, end):
        """Those from step `first` on and before step `end`."""
        inside = (self.steps >= first) & (self.steps < end)
        return Trains(self.cells[inside], self.steps[inside], self.cell_count)


def rate(trains, first, end, step):
    """Spikes per cell and second."""
    return len(trains.window(first, end).cells) / (trains.cell_count * (end - first) * step)


def interval_cv(trains, first, end):
    """The coefficient of variation of a cell's intervals, the mean over cells with two or more."""
    trains = trains.window(first, end)
    same = trains.cells[1:] == trains.cells[:-1]
    cells = trains.cells[1:][same]
    intervals = np.diff(trains.steps)[same].astype(float)
    count = np.bincount(cells, minlength=trains.cell_count)
    total = np.bincount(cells, intervals, minlength=trains.cell_count)
    enough = count >= 2
    mean = np.where(enough, total / np.maximum(count, 1), 1)
    squares = np.bincount(cells, (intervals - mean[cells]) ** 2, minlength=trains.cell_count)
    return float(np.mean(np.sqrt(squares[enough] / count[enough]) / mean[enough]))


def correlation(trains, first, end, width):
    """The mean correlation of two cells' counts in bins of `width` steps.

    Each pair weighs as much as the product of its deviations, so that the variance of the sum over
    cells says it all: no pair has to be looked at.
    """
    trains = trains.window(first, end)
    bins = (end - first) // width
    inside = (trains.steps - first) // width < bins
    place = (trains.steps[inside] - first) // width
    counts = np.zeros((trains.cell_count, bins))
    np.add.at(counts, (trains.cells[inside], place), 1)
    own = counts.var(axis=1)
    whole = counts.sum(axis=0).var()
    return float((whole - own.sum()) / (np.sqrt(own).sum() ** 2 - own.sum()))
