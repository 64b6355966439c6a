import CElementwise
import CReferenceMathematics
import Testing

/// The bits of every function are the same on every machine, with any vector instructions, any
/// number of lanes and any optimiser; these hashes say which bits.
///
/// A change of a function changes its hash on purpose. The new one is in the message of the failing
/// test; the changelog then says that results change.
@Suite("Recorded bits of elementary functions")
struct RecordedBitsTests {
  static let count = 16_000
  static let hashes: [String: UInt64] = [
    "exp": 0x037F_3026_7EB4_F35D,
    "exp2": 0xC918_C585_A513_780A,
    "expm1": 0x7141_0AC9_4EF3_CF8C,
    "exprel": 0x1BAA_23BE_61B4_6AA8,
    "linoid": 0xD192_968A_9E7A_C07A,
    "log": 0x7465_B940_C9C3_B298,
    "log2": 0x7103_8D7E_26D8_515F,
    "log10": 0x53D3_995C_F8C1_014D,
    "log1p": 0xC9BF_C9A2_1C18_D199,
    "cbrt": 0xAE97_5010_2D78_91F3,
    "sqrt": 0xAD6A_DBA1_12AE_723D,
    "sin": 0x7321_3102_D8A5_99A5,
    "cos": 0x2F5C_8E20_8262_B59E,
    "tan": 0x9C15_B4D2_886B_1CF4,
    "asin": 0xA2C2_5832_8F61_B99A,
    "acos": 0xAEFA_173A_BA7B_A725,
    "atan": 0x2E7A_44CE_5AED_46C9,
    "sinh": 0xECAD_CAF6_CE7A_D116,
    "cosh": 0xF307_CC53_54AB_D92A,
    "tanh": 0x963D_2E8B_8CCF_AD93,
    "abs": 0xE638_3E38_200F_1764,
    "sign": 0xA10B_2F5B_E4FB_11C5,
    "floor": 0x5643_0790_573C_D8E6,
    "ceil": 0x16E0_353E_89F2_003E,
    "round": 0xF567_6916_3CE0_DB1A,
    "pow": 0x8C8F_CB2F_8643_0EFF,
    "min": 0xE6B1_6EA0_EDA4_014B,
    "max": 0x8B46_097E_16E3_CA4F,
    "fma": 0x0BDF_AE75_E83B_A7CE,
    "uniform": 0x60B8_5600_F450_3FB1,
    "normal": 0x5CD9_9086_1543_3015,
  ]

  @Test("each function has the recorded bits", arguments: 0..<recorded_count())
  func recorded(function: Int32) throws {
    let name = String(cString: try #require(recorded_name(function)))
    let found = recorded_hash(function, UInt64(Self.count))
    #expect(found == Self.hashes[name], "\(name): 0x\(String(found, radix: 16))")
  }

  @Test(
    "each function has the recorded bits where Swift imports it",
    arguments: ElementaryFunction.all)
  func imported(function: ElementaryFunction) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for first in stride(from: 0, to: Self.count, by: 8) {
      let (x, y) = function.arguments(from: first)
      let found = function.lanes(x, y)
      for lane in 0..<8 { hash = hash_adding(hash, found[lane]) }
    }
    #expect(hash == Self.hashes[function.name], "\(function.name): 0x\(String(hash, radix: 16))")
  }

  @Test("no recorded function is missing")
  func complete() throws {
    var names: Set<String> = []
    for function in 0..<recorded_count() {
      names.insert(String(cString: try #require(recorded_name(function))))
    }
    #expect(names == Set(Self.hashes.keys))
  }
}
