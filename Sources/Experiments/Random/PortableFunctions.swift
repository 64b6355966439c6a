import Programs

/// The exponential and the logarithm that designs use: those of the kernels, the same everywhere.
func exponential(_ x: Double) -> Double { ElementaryFunctions.evaluate(.exp, x) }
func logarithm(_ x: Double) -> Double { ElementaryFunctions.evaluate(.log, x) }
func decimalLogarithm(_ x: Double) -> Double { ElementaryFunctions.evaluate(.log10, x) }
