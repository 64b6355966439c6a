/// A circuit that uses every construct of the language of networks.
let everyCircuitConstruct = """
  function steepness(V : mV) : 1 = 1/(1 + exp((-40 mV - V)/5 mV))

  /// Slow current noise.
  component Coloured {
    parameter tau = 5 ms      assumed "an example"
    parameter sigma = 10 pA   assumed "an example"
    noise eta
    state I : pA = 0 pA
    I' = -I/tau + sigma*sqrt(2/tau)*eta
  }

  /// A cell.
  neuron Cell {
    parameter C = 200 pF    assumed "an example"
    parameter g = 10 nS     assumed "an example"
    parameter E = -65 mV    assumed "an example"
    parameter half : nS = g/2    derived
    input drive : nA = 0 nA
    input gap_sum : nA
    input gap_total : nS
    input block = 0
    noise xi
    state V : mV = E
    state w : nS = half
    instance slow_current : Coloured
    quantity jitter : mV/ms = 1 mV*xi/sqrt(3 ms)
    V' = if refractory then 0 mV/ms
      else (g*(E - V) - w*(V - E) + drive + (1 - block)*gap_sum - gap_total*V + slow_current.I)/C
        + jitter
    w' = -w/(100 ms)
    poisson background = 800*3 Hz { V = V + 0.1 mV*background }
    poisson silent = 3 Hz
    recorded played { w = w + 0.1 nS*played }
    recorded unused
    receive kick : mV {
      V = V + kick
      w = w + 0.1 nS
    }
    event spike when V rises through -50 mV + 1 mV refractory 2 ms + 1 ms {
      V = E
      w = w + 1 nS
    }
  }

  neuron Threshold {
    state V : mV = -65 mV
    V' = (-65 mV - V)/(10 ms)
    receive kick : mV { V = V + kick }
    event spike when V > -50 mV
  }

  /// A pool of receptors that feels the voltage.
  synapse Receptors {
    parameter decay = 5 ms       assumed "an example"
    parameter reversal = 0 mV    assumed "an example"
    input V : mV
    input strength = 1
    state g = 0 nS
    g' = -g/decay
    receive weight : nS { g = g + weight }
    output current : nA = strength*steepness(V)*g*(reversal - V)
  }

  /// A net.
  circuit Net {
    parameter n = 80                     assumed "an example"
    parameter rest = -70 mV              assumed "an example"
    parameter strong : nS = 2 nS + 1 nS  assumed "an example"
    input block : 1 = 0
    quantity open : 1 = 1 - block
    function spread(x) = x/10

    /// The first.
    population excitatory : Cell[n] {
      C = 150 pF    source "a paper"
      g ~ lognormal(10 nS, spread(10 nS))    assumed "an example"
      E = rest + 1 mV*index/(count - 1)      assumed "an example"
      w ~ uniform(1 nS, 2 nS)
      slow_current.sigma ~ exponential(10 pA)    assumed "an example"
      slow_current.I = 1 pA
      block = block
    }
    population inhibitory : Cell[n/4] {
      V ~ normal(rest, 5 mV)
    }
    population outside : Threshold[n]

    projection ee : excitatory -> excitatory.drive : Receptors {
      connect random(0.02)
      autapses
      weight ~ lognormal(strong, spread(strong))
      delay ~ uniform(1 ms, 2 ms)
      decay = 4 ms    assumed "an example"
      reversal ~ normal(0 mV, 1 mV)    assumed "an example"
      g ~ normal(40 nS, 15 nS)
      strength = open
      V = E
    }
    projection ei : excitatory -> inhibitory.drive : Receptors {
      connect fixed_in_degree(n/8)  weight = 6 nS  delay = 1 ms
    }
    projection kicks : outside -> inhibitory.kick { connect fixed_out_degree(3)  weight = 0.1 mV }
    projection more : outside -> inhibitory.kick { connect distance(ring, gaussian, 0.8, 0.1)
      weight = 0.1 mV*(1 + index/count) }
    projection listed : outside -> excitatory.kick { connect list("pairs.csv") }
    projection paired : outside -> excitatory.kick { connect one_to_one  weight = 1 mV }
    projection gap : inhibitory.V -> inhibitory.gap_sum {
      connect all
      weight = 1 nS
      total gap_total
    }
    projection egap : excitatory.V -> excitatory.gap_sum {
      connect all
      weight = 1 nS
      total gap_total
    }
  }
  """

let pairsOfEveryCircuit = """
  source,target,weight (mV),delay (ms)
  0,1,0.1,1
  79,79,-2e-1,0
  3,4,0.25,1.5

  """
