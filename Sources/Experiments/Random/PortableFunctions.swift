import Foundation

/// The exponential and the logarithm that designs and dosing use, in one place.
func exponential(_ x: Double) -> Double { exp(x) }
func logarithm(_ x: Double) -> Double { log(x) }
