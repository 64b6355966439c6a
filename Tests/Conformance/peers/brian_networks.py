"""The networks in Brian2: the equations, the step and the statistics of connections of our models.

Brian2 gives a spike the time at which its step begins, ours the time at which it ends: a step is
added. Within a step the order is that of ours: what arrives acts, states advance, the threshold is
tested, spikes reset.
"""

import numpy as np

from statistics_of_spikes import Trains

STEP_MS = 0.1


def _prepare(seed):
    import brian2 as b2

    b2.prefs.codegen.target = "cython"
    b2.prefs.logging.file_log = False
    b2.start_scope()
    b2.defaultclock.dt = STEP_MS * b2.ms
    b2.seed(seed)
    return b2


def _trains(monitor, cell_count):
    steps = np.rint(np.asarray(monitor.t_) / (STEP_MS * 1e-3)).astype(np.int64) + 1
    return Trains(np.asarray(monitor.i), steps, cell_count)


def cobahh(seed, duration_ms):
    """Benchmark 3 of Brette et al. (2007); the equations of Brian2's own example COBAHH."""
    b2 = _prepare(seed)
    from brian2 import mV, ms, nS, pF

    values = dict(
        C=200 * pF, gl=10 * nS, El=-60 * mV, gna=20000 * nS, ENa=50 * mV, gk=6000 * nS,
        EK=-90 * mV, VT=-63 * mV, taue=5 * ms, taui=10 * ms, Ee=0 * mV, Ei=-80 * mV, mV=mV, ms=ms)
    cells = b2.NeuronGroup(
        4000,
        """
        dv/dt = (gl*(El-v) + ge*(Ee-v) + gi*(Ei-v)
                 - gna*m**3*h*(v-ENa) - gk*n**4*(v-EK))/C : volt
        dm/dt = alpha_m*(1-m) - beta_m*m : 1
        dn/dt = alpha_n*(1-n) - beta_n*n : 1
        dh/dt = alpha_h*(1-h) - beta_h*h : 1
        dge/dt = -ge/taue : siemens
        dgi/dt = -gi/taui : siemens
        alpha_m = 1.28/exprel((13*mV-v+VT)/(4*mV))/ms : Hz
        beta_m = 1.4/exprel((v-VT-40*mV)/(5*mV))/ms : Hz
        alpha_h = 0.128*exp((17*mV-v+VT)/(18*mV))/ms : Hz
        beta_h = 4/(1+exp((40*mV-v+VT)/(5*mV)))/ms : Hz
        alpha_n = 0.16/exprel((15*mV-v+VT)/(5*mV))/ms : Hz
        beta_n = 0.5*exp((10*mV-v+VT)/(40*mV))/ms : Hz
        """,
        threshold="v > -20*mV", refractory=3 * ms, method="exponential_euler", namespace=values)
    cells.v = "-65*mV + 5*mV*randn()"
    cells.ge = "40*nS + 15*nS*randn()"
    cells.gi = "200*nS + 120*nS*randn()"
    excitation = b2.Synapses(cells[:3200], cells, on_pre="ge += 6*nS")
    inhibition = b2.Synapses(cells[3200:], cells, on_pre="gi += 67*nS")
    excitation.connect(p=0.02)
    inhibition.connect(p=0.02)
    first = b2.SpikeMonitor(cells[:3200])
    second = b2.SpikeMonitor(cells[3200:])
    b2.Network(cells, excitation, inhibition, first, second).run(duration_ms * ms)
    return {"excitatory": _trains(first, 3200), "inhibitory": _trains(second, 800)}


def _in_degree(generator, sources, targets, degree, skips_self):
    """Pairs in which each target has `degree` sources of its own, drawn without repetition."""
    pre = np.empty((targets, degree), dtype=np.int32)
    for first in range(0, targets, 500):
        last = min(targets, first + 500)
        keys = generator.random((last - first, sources), dtype=np.float32)
        if skips_self:
            rows = np.arange(first, last)
            keys[rows - first, rows] = 2
        pre[first:last] = np.argpartition(keys, degree, axis=1)[:, :degree]
    return pre.ravel(), np.repeat(np.arange(targets, dtype=np.int32), degree)


def brunel(seed, duration_ms):
    """Brunel (2000), model A, g 5 and drive 2, 10,000 excitatory and 2,500 inhibitory cells.

    The refractory time is counted in steps here: 20 steps after that of the spike stand still and
    hear nothing, as in our model. Brian2's own `refractory` stands still for one step less.
    """
    b2 = _prepare(seed)
    from brian2 import mV, ms

    values = dict(
        decay=float(np.exp(-STEP_MS / 20)), J=0.1 * mV, arrivals=1000 * 2 * 10 * STEP_MS * 1e-3)
    cells = b2.NeuronGroup(
        12500,
        """
        v : volt
        hold : 1
        awake : 1
        """,
        threshold="v > 20*mV", reset="v = 10*mV; hold = 21", namespace=values)
    cells.v = "20*mV*rand()"
    cells.run_regularly("hold = clip(hold - 1, 0, 21); awake = int(hold < 0.5)", when="start")
    # One arrival for each of 1,000 outer sources at 20 Hz.
    cells.run_regularly("v += J*awake*poisson(arrivals)", when="before_groups", order=2)
    cells.run_regularly("v = v*(awake*decay + 1 - awake)", when="groups")

    generator = np.random.default_rng(seed)
    network = b2.Network(cells)
    for sources, shift, degree, jump in [(10000, 0, 1000, 0.1), (2500, 10000, 250, -0.5)]:
        pre, post = [], []
        for targets, start in [(10000, 0), (2500, 10000)]:
            i, j = _in_degree(generator, sources, targets, degree, shift == start)
            pre.append(i)
            post.append(j + start)
        synapses = b2.Synapses(
            cells[shift:shift + sources], cells, on_pre="v_post += kick*awake_post",
            namespace=dict(kick=jump * mV))
        synapses.connect(i=np.concatenate(pre), j=np.concatenate(post))
        # Spikes of the step before are heard first, so no delay means the next step, as in ours.
        synapses.pre.delay = 15 * STEP_MS * ms
        synapses.pre.when = "before_groups"
        synapses.pre.order = 1
        network.add(synapses)
    first = b2.SpikeMonitor(cells[:10000])
    second = b2.SpikeMonitor(cells[10000:])
    network.add(first, second)
    network.run(duration_ms * ms)
    return {"excitatory": _trains(first, 10000), "inhibitory": _trains(second, 2500)}


NETWORKS = {"cobahh": cobahh, "brunel": brunel}
