import Diagnostics
import Testing

@Suite("Nearest name")
struct NearestNameTests {
  @Test(
    "is found by a slip of one or two letters",
    arguments: [
      ("conductence", "conductance"), ("ketamin", "ketamine"), ("ketmaine", "ketamine"),
      ("KETAMINE", "ketamine"), ("zzz", nil), ("x", nil), ("", nil),
    ] as [(String, String?)])
  func nearest(written: String, meant: String?) {
    #expect(nearestName(to: written, among: ["conductance", "ketamine", "y"]) == meant)
  }

  @Test("the first of equally near names wins")
  func first() {
    #expect(nearestName(to: "rate3", among: ["rate1", "rate2"]) == "rate1")
  }
}
